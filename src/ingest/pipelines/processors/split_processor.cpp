#include "base/regex.h"
#include "ingest/pipelines/processors/text_processor.h"

namespace selene::ingest {

namespace {

/// As Java's String.split: an empty piece in front counts, empty ones at the end only if they are to be kept.
base::JsonTree split(const base::Regex& separator, const std::string& text, bool preserve_trailing) {
  base::JsonTree pieces = base::JsonTree::array();
  size_t begin = 0;
  separator.for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
    if (groups[0].end == 0) return;  // a match of no width at the beginning cuts nothing off
    pieces.as_array().emplace_back(std::string_view(text).substr(begin, groups[0].begin - begin));
    begin = groups[0].end;
  });
  pieces.as_array().emplace_back(std::string_view(text).substr(begin));
  while (!preserve_trailing && pieces.as_array().size() > 1 && pieces.as_array().back().as_string().empty())
    pieces.as_array().pop_back();
  return pieces;
}

}  // namespace

base::Result<ProcessorPtr> create_split(ProcessorConfig& config) {
  ASSIGN_OR_RETURN(const std::string separator, config.text("separator"));
  ASSIGN_OR_RETURN(const bool preserve_trailing, config.boolean("preserve_trailing", false));
  auto regex = base::Regex::compile(separator, "");
  if (!regex) return config.fault("separator", regex.error().reason());
  return TextProcessor::create(config,
                               [regex = *regex, preserve_trailing](const std::string& text) -> base::Result<base::JsonTree> {
                                 return split(*regex, text, preserve_trailing);
                               });
}

}  // namespace selene::ingest
