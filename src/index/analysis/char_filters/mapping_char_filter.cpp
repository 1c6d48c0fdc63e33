#include "index/analysis/char_filters/mapping_char_filter.h"

#include <algorithm>

namespace selene::index {

MappingCharFilter::MappingCharFilter(std::map<std::string, std::string, std::less<>> mappings) : mappings_(std::move(mappings)) {
  for (const auto& [from, to] : mappings_) max_length_ = std::max(max_length_, from.size());
}

FilteredText MappingCharFilter::apply(std::string_view text) const {
  FilteredTextBuilder builder;
  size_t copied = 0;
  for (size_t pos = 0; pos < text.size();) {
    auto found = mappings_.end();
    for (size_t length = std::min(max_length_, text.size() - pos); length > 0 && found == mappings_.end(); --length) {
      found = mappings_.find(text.substr(pos, length));
    }
    if (found == mappings_.end()) {
      ++pos;
      continue;
    }
    builder.copy(text.substr(copied, pos - copied));
    builder.replace(found->first, found->second);
    pos += found->first.size();
    copied = pos;
  }
  builder.copy(text.substr(copied));
  return builder.take();
}

FilteredText PatternReplaceCharFilter::apply(std::string_view text) const {
  FilteredTextBuilder builder;
  size_t rest = 0;
  pattern_->for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
    builder.copy(text.substr(rest, groups[0].begin - rest));
    builder.replace(text.substr(groups[0].begin, groups[0].end - groups[0].begin),
                    base::fill_replacement(replacement_, text, groups));
    rest = groups[0].end;
  });
  builder.copy(text.substr(rest));
  return builder.take();
}

}  // namespace selene::index
