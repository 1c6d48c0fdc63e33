#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::ingest {

enum class RefreshPolicy : uint8_t { kNone, kImmediate, kWaitFor };

/// One item of a bulk request or a single document call.
struct DocumentAction {
  enum class Type : uint8_t { kIndex, kCreate, kUpdate, kDelete } type = Type::kIndex;
  std::string index;
  std::string id;               ///< empty: made up (index and create only)
  std::string_view body;        ///< source, or the update's {doc, upsert, ...}; valid during the call
  std::string routing;
  std::optional<int64_t> version;
  index::VersionType version_type = index::VersionType::kInternal;
  std::optional<int64_t> if_seq_no;
  std::optional<int64_t> if_primary_term;
  int32_t retry_on_conflict = 0;
  bool require_alias = false;
};

struct DocumentOutcome {
  std::string index;   ///< concrete
  std::string id;
  int64_t version = 0;
  int64_t seq_no = 0;
  int64_t primary_term = 1;
  enum class Result : uint8_t { kCreated, kUpdated, kDeleted, kNotFound, kNoop } result = Result::kCreated;
  bool forced_refresh = false;
  std::string get_source;  ///< of an update that asked for it; empty otherwise
};

/// Document writes above the engines: index resolution and auto-creation, generated ids, updates (doc merge, upsert, noop), grouping by
/// index so that one bulk makes one batch an index. Thread-safe.
class DocumentService {
 public:
  explicit DocumentService(index::Catalog& catalog) : catalog_(catalog) {}
  /// Outcomes in the order of `actions`.
  std::vector<base::Result<DocumentOutcome>> apply(const std::vector<DocumentAction>& actions, RefreshPolicy refresh);

 private:
  index::Catalog& catalog_;
};

/// Reads `_bulk` NDJSON line by line. `default_index` from the path. Whole-request errors: kIllegalArgument (`Malformed action/metadata line [1], ...`,
/// `The bulk request must be terminated by a newline [\n]`), kActionRequestValidation (`Validation Failed: 1: index is missing;`), kParse (`request body is required`).
base::Result<std::vector<DocumentAction>> parse_bulk(std::string_view body, std::string_view default_index, std::string_view default_routing,
                                                     bool require_alias);

}  // namespace selene::ingest
