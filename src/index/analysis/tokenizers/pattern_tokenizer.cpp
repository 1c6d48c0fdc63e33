#include "index/analysis/tokenizers/pattern_tokenizer.h"

#include "index/analysis/utf8.h"

namespace selene::index {

void PatternTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  uint32_t position = 0;
  const auto emit = [&](size_t begin, size_t end, uint32_t begin_offset, uint32_t end_offset) {
    if (end > begin) tokens.add(text.substr(begin, end - begin), position++, begin_offset, end_offset, TokenType::kWord);
  };
  size_t rest = 0;
  uint32_t rest_offset = 0;
  pattern_->for_each(text, [&](const std::vector<base::Regex::Span>& groups) {
    if (group_ >= 0) {
      const base::Regex::Span& span = groups[static_cast<size_t>(group_)];
      if (span.begin != std::string_view::npos) emit(span.begin, span.end, span.begin_offset, span.end_offset);
      return;
    }
    emit(rest, groups[0].begin, rest_offset, groups[0].begin_offset);
    rest = groups[0].end;
    rest_offset = groups[0].end_offset;
  });
  if (group_ < 0) emit(rest, text.size(), rest_offset, rest_offset + utf16_length(text.substr(rest)));
  tokens.set_num_positions(position);
}

}  // namespace selene::index
