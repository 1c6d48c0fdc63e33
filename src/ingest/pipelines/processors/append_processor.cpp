#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

/// Source: Elasticsearch, AppendProcessor.
class AppendProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<AppendProcessor>();
    ASSIGN_OR_RETURN(made->field_, config.text_template("field"));
    ASSIGN_OR_RETURN(base::JsonTree value, config.required("value"));
    ASSIGN_OR_RETURN(made->value_, ValueTemplate::compile(std::move(value)));
    ASSIGN_OR_RETURN(made->allow_duplicates_, config.boolean("allow_duplicates", true));
    (void)config.take("media_type");
    return ProcessorPtr(std::move(made));
  }
  base::Status process(IngestDocument& document) const override {
    return document.append(field_.render(document), value_.render(document), allow_duplicates_);
  }

 private:
  TextTemplate field_;
  ValueTemplate value_;
  bool allow_duplicates_ = true;
};

}  // namespace

base::Result<ProcessorPtr> create_append(ProcessorConfig& config) { return AppendProcessor::create(config); }

}  // namespace selene::ingest
