#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "ingest/pipelines/pipeline.h"

namespace selene::ingest {

/// A write on its way through its pipelines.
struct IngestItem {
  std::string index;  ///< concrete, or the one to be made
  std::string id;
  std::string routing;
  std::string source;          ///< JSON object text
  std::string first_pipeline;  ///< empty: none
  std::string final_pipeline;  ///< empty: none; never changes the index
  std::optional<base::Error> failure;
  bool dropped = false;
  std::vector<std::string> executed;
};

/// All pipelines of the node, kept as records of the catalog. Thread-safe.
class PipelineService {
 public:
  /// `catalog` and `inference` must outlive this; `inference` may be null.
  static base::Result<std::unique_ptr<PipelineService>> load(index::Catalog& catalog, inference::InferenceService* inference);

  /// `if_version`: of the pipeline that it replaces. Errors: kParse, kIllegalArgument (`version conflict, required version [7] for
  /// pipeline [x] but current version is [3]`), those of the catalog.
  base::Status put(std::string_view id, base::JsonValue body, std::optional<int64_t> if_version);
  /// A name or `*` pattern. Errors: kResourceNotFound `pipeline [x] is missing`.
  base::Status remove(std::string_view id);
  /// Id -> body as it was put; `ids`: a comma list of names and patterns, empty for all.
  std::map<std::string, base::JsonTree> get(std::string_view ids) const;
  std::shared_ptr<const Pipeline> find(std::string_view id) const;

  /// Runs all items through their pipelines, those of one pipeline as one batch. Each gets its outcome.
  void run(std::vector<IngestItem>& items, const base::Cancellation& cancellation) const;

  /// What `{"docs":[{"_source":{}}],"pipeline":{}}` gives, one entry a document. `id`: the pipeline if the body has none. Errors:
  /// kParse, kIllegalArgument (no such pipeline).
  struct SimulatedStep {
    std::string type;
    std::string tag;
    std::string description;
    std::string condition;  ///< the source of `if`
    StepReport::Status status = StepReport::Status::kSuccess;
    std::unique_ptr<IngestDocument> document;  ///< null: failed, dropped or passed over
    std::optional<base::Error> failure;
  };
  struct SimulatedDocument {
    std::vector<SimulatedStep> steps;  ///< kEachStep: all; kOutcome: one
  };
  enum class Detail : uint8_t { kOutcome, kEachStep };
  base::Result<std::vector<SimulatedDocument>> simulate(std::string_view id, base::JsonValue body, Detail detail,
                                                        const base::Cancellation& cancellation) const;
  /// Pipelines that call this inference id.
  std::vector<std::string> using_inference(std::string_view inference_id) const;

 private:
  PipelineService(index::Catalog& catalog, inference::InferenceService* inference) : catalog_(catalog), inference_(inference) {}
  PipelineRun make_run(const base::Cancellation& cancellation) const;
  /// REQUIRES: mutex_ is held.
  base::Status check_version(std::string_view id, const base::JsonTree& body, int64_t if_version) const;
  static SimulatedStep kept(const StepReport& report);
  void run_stage(std::vector<IngestItem>& items, std::vector<std::unique_ptr<IngestDocument>>& documents, bool final_stage,
                 PipelineRun& run) const;

  struct Entry {
    base::JsonTree body;
    std::shared_ptr<const Pipeline> pipeline;
  };
  index::Catalog& catalog_;
  inference::InferenceService* inference_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> pipelines_;  ///< GUARDED_BY(mutex_)
};

}  // namespace selene::ingest
