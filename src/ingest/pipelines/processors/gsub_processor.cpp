#include "base/regex.h"
#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

base::Result<ProcessorPtr> create_gsub(ProcessorConfig& config) {
  ASSIGN_OR_RETURN(const std::string pattern, config.text("pattern"));
  ASSIGN_OR_RETURN(const std::string replacement, config.text("replacement"));
  auto regex = base::Regex::compile(pattern, "");
  if (!regex) return config.fault("pattern", "Invalid regex pattern. " + regex.error().reason());
  return TextProcessor::create(config, [regex = *regex, replacement](const std::string& text) -> base::Result<base::JsonTree> {
    std::string out;
    size_t copied = 0;
    regex->for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
      out.append(text, copied, groups[0].begin - copied);
      out += base::fill_replacement(replacement, text, groups);
      copied = groups[0].end;
    });
    out.append(text, copied);
    return base::JsonTree(std::move(out));
  });
}

}  // namespace selene::ingest
