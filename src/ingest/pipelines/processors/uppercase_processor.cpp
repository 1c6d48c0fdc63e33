#include "ingest/pipelines/processors/text_case.h"
#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

base::Result<ProcessorPtr> create_uppercase(ProcessorConfig& config) {
  return TextProcessor::create(
      config, [](const std::string& text) -> base::Result<base::JsonTree> { return base::JsonTree(to_uppercase(text)); });
}

}  // namespace selene::ingest
