#include "ingest/pipelines/processors/text_case.h"
#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

base::Result<ProcessorPtr> create_lowercase(ProcessorConfig& config) {
  return TextProcessor::create(
      config, [](const std::string& text) -> base::Result<base::JsonTree> { return base::JsonTree(to_lowercase(text)); });
}

}  // namespace selene::ingest
