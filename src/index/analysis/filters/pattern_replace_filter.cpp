#include "index/analysis/filters/pattern_replace_filter.h"

namespace selene::index {

void PatternReplaceFilter::apply(TokenBuffer& tokens) const {
  std::string text;
  std::string replaced;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    text = tokens.term(token);
    replaced.clear();
    size_t rest = 0;
    bool done = false;
    pattern_->for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
      if (done) return;
      replaced.append(text, rest, groups[0].begin - rest);
      replaced += base::fill_replacement(replacement_, text, groups);
      rest = groups[0].end;
      done = !all_;
    });
    replaced.append(text, rest);
    if (replaced != text) tokens.replace_term(token, replaced);
  }
}

}  // namespace selene::index
