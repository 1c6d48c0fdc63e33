#include "ingest/pipelines/processors/processors.h"

namespace selene::ingest {

namespace {

class DropProcessor final : public DocumentProcessor {
 public:
  base::Status process(IngestDocument& document) const override {
    document.dropped = true;
    return {};
  }
};

}  // namespace

base::Result<ProcessorPtr> create_drop(ProcessorConfig& /*config*/) { return ProcessorPtr(std::make_unique<DropProcessor>()); }

}  // namespace selene::ingest
