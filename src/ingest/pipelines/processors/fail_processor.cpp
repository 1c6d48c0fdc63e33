#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

class FailProcessor final : public DocumentProcessor {
 public:
  static base::Result<ProcessorPtr> create(ProcessorConfig& config) {
    auto made = std::make_unique<FailProcessor>();
    ASSIGN_OR_RETURN(made->message_, config.text_template("message"));
    return ProcessorPtr(std::move(made));
  }
  base::Status process(IngestDocument& document) const override {
    return base::Error(base::ErrorCode::kFailProcessor, message_.render(document));
  }

 private:
  TextTemplate message_;
};

}  // namespace

base::Result<ProcessorPtr> create_fail(ProcessorConfig& config) { return FailProcessor::create(config); }

}  // namespace selene::ingest
