#include "ingest/pipelines/pipeline.h"
#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;

/// One processor on each element of a list or object, which it sees as `_ingest._value` (and `_ingest._key`). Source:
/// Elasticsearch, ForEachProcessor.
class ForeachProcessor final : public Processor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<ForeachProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(made->ignore_missing_, config.boolean("ignore_missing", false));
    ASSIGN_OR_RETURN(const JsonTree inner, config.object("processor"));
    if (inner.as_object().size() != 1) return config.fault("processor", "Must specify exactly one processor type");
    ASSIGN_OR_RETURN(made->inner_, ProcessorList::create_one(inner));
    return ProcessorPtr(std::move(made));
  }

  void run(std::span<IngestDocument* const> documents, PipelineRun& run, std::span<std::optional<Error>> failures) const override {
    for (size_t i = 0; i < documents.size(); ++i) {
      if (base::Status status = one(*documents[i], run); !status) failures[i] = std::move(status).error();
    }
  }
  void collect_inference_ids(std::vector<std::string>& ids) const override { inner_.collect_inference_ids(ids); }

 private:
  base::Status one(IngestDocument& document, PipelineRun& run) const {
    const auto found = document.get(field_);
    if (!found || (*found)->is_null()) {
      if (ignore_missing_) return {};
      if (!found) return found.error();
      return Error(ErrorCode::kIllegalArgument, "field [{}] is null, cannot loop over its elements.", field_);
    }
    JsonTree values = **found;
    if (values.is_array()) {
      for (JsonTree& value : values.as_array()) {
        ASSIGN_OR_RETURN(value, visit(document, run, std::move(value), {}));
      }
    } else if (values.is_object()) {
      for (JsonTree::Member& member : values.as_object()) {
        ASSIGN_OR_RETURN(member.value, visit(document, run, std::move(member.value), member.key));
      }
    } else {
      return Error(ErrorCode::kIllegalArgument, "field [{}] of type [{}] cannot be cast to a list or a map", field_,
                   java_type(values));
    }
    return document.set(field_, std::move(values));
  }

  /// `value` as the processor leaves it; loops inside see their own `_value` and give the outer one back.
  base::Result<JsonTree> visit(IngestDocument& document, PipelineRun& run, JsonTree value, std::string_view key) const {
    JsonTree& ingest = document.ingest();
    JsonTree* const present = ingest.find("_value");
    const std::optional<JsonTree> outer = present == nullptr ? std::nullopt : std::optional<JsonTree>(*present);
    ingest.set("_value", std::move(value));
    if (!key.empty()) ingest.set("_key", key);
    std::optional<Error> failure;
    IngestDocument* const one = &document;
    inner_.run({&one, 1}, run, {&failure, 1});
    JsonTree* const after = ingest.find("_value");
    JsonTree result = after == nullptr ? JsonTree() : std::move(*after);
    ingest.remove("_value");
    ingest.remove("_key");
    if (outer) ingest.set("_value", *outer);
    if (failure) return *std::move(failure);
    return result;
  }

  std::string field_;
  bool ignore_missing_ = false;
  ProcessorList inner_;
};

}  // namespace

base::Result<ProcessorPtr> create_foreach(ProcessorConfig& config) { return ForeachProcessor::create(config); }

}  // namespace selene::ingest
