#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/active_shards.h"
#include "index/catalog/catalog.h"
#include "search/request/search_service.h"

namespace selene::ingest {

enum class RefreshPolicy : uint8_t { kNone, kImmediate, kWaitFor };

/// What a request says about the copies that a write waits for.
struct WriteWait {
  index::ActiveShardCount active_shards;
  std::string timeout = "1m";  ///< as it was given, for the message
};

/// One item of a bulk request or a single document call.
struct DocumentAction {
  enum class Type : uint8_t { kIndex, kCreate, kUpdate, kDelete } type = Type::kIndex;
  std::string index;
  std::string id;         ///< empty: made up (index and create only)
  std::string_view body;  ///< source, or the update's {doc, upsert, ...}; valid during the call
  std::string routing;
  std::optional<int64_t> version;
  index::VersionType version_type = index::VersionType::kInternal;
  std::optional<int64_t> if_seq_no;
  std::optional<int64_t> if_primary_term;
  int32_t retry_on_conflict = 0;
  bool require_alias = false;
  std::shared_ptr<const WriteWait> wait;  ///< null: `index.write.wait_for_active_shards` of the target
  std::optional<std::string> pipeline;    ///< absent: `index.default_pipeline` of the target; "_none": none
  /// Updates only: what `get` of the answer shows; the body's `_source` if absent, nothing if that is missing too.
  std::shared_ptr<const search::SourceFilter> source_filter;
};

struct DocumentOutcome {
  std::string index;  ///< concrete
  std::string id;
  int64_t version = 0;
  int64_t seq_no = 0;
  int64_t primary_term = 1;
  enum class Result : uint8_t { kCreated, kUpdated, kDeleted, kNotFound, kNoop } result = Result::kCreated;
  bool forced_refresh = false;
  std::string get_source;  ///< of an update that asked for it; empty otherwise
  std::vector<std::string> executed_pipelines;
};

/// What a bulk request's URL says for all its items.
struct BulkDefaults {
  std::string_view index;
  std::string_view routing;
  bool require_alias = false;
  std::shared_ptr<const search::SourceFilter> source_filter;  ///< of updates
  std::optional<std::string> pipeline = {};
  std::shared_ptr<const WriteWait> wait = nullptr;
};

class PipelineService;

/// Document writes above the engines: pipelines, index resolution and auto-creation, generated ids, updates (doc merge, upsert,
/// noop), grouping by index so that one bulk makes one batch an index. Thread-safe.
class DocumentService {
 public:
  /// Whether a missing index of that name may be created by a write (`action.auto_create_index`).
  using AutoCreateRule = std::function<bool(std::string_view name)>;

  explicit DocumentService(index::Catalog& catalog) : catalog_(catalog) {}
  /// To be set before the first `apply`; without it every index is created.
  void set_auto_create_rule(AutoCreateRule rule) { may_create_ = std::move(rule); }
  /// To be set before the first `apply`; without it there are no pipelines. Must outlive this.
  void set_pipelines(const PipelineService* pipelines) { pipelines_ = pipelines; }
  /// To be set before the first `apply`; without it documents with semantic_text values are refused. Must outlive this.
  void set_inference(inference::InferenceService* inference) { inference_ = inference; }
  /// Outcomes in the order of `actions`. Updates see the actions before them. kTimeout: the copies it was to wait for do not
  /// come, nothing was written.
  std::vector<base::Result<DocumentOutcome>> apply(const std::vector<DocumentAction>& actions, RefreshPolicy refresh);
  /// A whole `_bulk` body: checked to its end first, then parsed and applied in chunks, so that a large one needs little memory
  /// beyond itself. `done` gets every action with its outcome, in order. Refreshes once, at the end. Errors: those of parse_bulk
  /// (nothing was applied), of a refresh.
  using BulkItemDone = std::function<void(const DocumentAction& action, const base::Result<DocumentOutcome>& outcome)>;
  base::Status apply_bulk(std::string_view body, const BulkDefaults& defaults, RefreshPolicy refresh, const BulkItemDone& done);

 private:
  base::Result<std::shared_ptr<index::Index>> target_index(const DocumentAction& action) const;

  index::Catalog& catalog_;
  AutoCreateRule may_create_;
  const PipelineService* pipelines_ = nullptr;
  inference::InferenceService* inference_ = nullptr;
};

/// What is wrong with an action by itself, as Elasticsearch's request validation words it; empty if nothing.
std::string validate_action(const DocumentAction& action);

/// Reads `_bulk` NDJSON line by line. `default_index` from the path. Whole-request errors: kIllegalArgument (`Malformed
/// action/metadata line [1], ...`, `The bulk request must be terminated by a newline [\n]`), kActionRequestValidation (`Validation
/// Failed: 1: index is missing;`), kParse (`request body is required`).
base::Result<std::vector<DocumentAction>> parse_bulk(std::string_view body, std::string_view default_index,
                                                     std::string_view default_routing, bool require_alias);

}  // namespace selene::ingest
