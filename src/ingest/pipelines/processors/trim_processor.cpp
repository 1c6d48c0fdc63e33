#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

/// As Java's String.trim: everything up to a blank goes from both ends.
base::Result<ProcessorPtr> create_trim(ProcessorConfig& config) {
  return TextProcessor::create(config, [](const std::string& text) -> base::Result<base::JsonTree> {
    const auto inner = [](char c) { return static_cast<unsigned char>(c) > ' '; };
    size_t begin = 0;
    size_t end = text.size();
    while (begin < end && !inner(text[begin])) ++begin;
    while (end > begin && !inner(text[end - 1])) --end;
    return base::JsonTree(text.substr(begin, end - begin));
  });
}

}  // namespace selene::ingest
