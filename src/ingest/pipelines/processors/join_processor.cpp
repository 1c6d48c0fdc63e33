#include "ingest/pipelines/processors/processors.h"
#include "ingest/scripts/script_values.h"

namespace selene::ingest {

namespace {

/// Source: Elasticsearch, JoinProcessor.
class JoinProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<JoinProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text("field"));
    ASSIGN_OR_RETURN(made->separator_, config.text("separator"));
    ASSIGN_OR_RETURN(made->target_, config.text("target_field", made->field_));
    return ProcessorPtr(std::move(made));
  }
  base::Status process(IngestDocument& document) const override {
    ASSIGN_OR_RETURN(const base::JsonTree* const list, document.get(field_));
    if (!list->is_array()) {
      return base::Error(base::ErrorCode::kIllegalArgument, "field [{}] of type [{}] cannot be cast to [java.util.List]", field_,
                         java_type(*list));
    }
    std::string joined;
    bool first = true;
    for (const base::JsonTree& element : list->as_array()) {
      if (!first) joined += separator_;
      first = false;
      joined += java_text(element);
    }
    return document.set(target_, base::JsonTree(std::move(joined)));
  }

 private:
  std::string field_;
  std::string separator_;
  std::string target_;
};

}  // namespace

base::Result<ProcessorPtr> create_join(ProcessorConfig& config) { return JoinProcessor::create(config); }

}  // namespace selene::ingest
