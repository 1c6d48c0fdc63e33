#include "index/analysis/filters/stop_filter.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "index/analysis/utf8.h"

namespace selene::index {

std::string to_lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) {
    append_utf8(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(decode_utf8(text, pos)))));
  }
  return out;
}

WordSet::WordSet(std::vector<std::string> words, bool ignore_case) : ignore_case_(ignore_case) {
  for (std::string& word : words) {
    if (ignore_case) word = to_lower(word);
    max_length_ = std::max(max_length_, word.size());
    words_.insert(std::move(word));
  }
}

bool WordSet::contains(std::string_view word) const {
  if (ignore_case_) return words_.contains(to_lower(word));
  return word.size() <= max_length_ && words_.contains(word);
}

void StopFilter::apply(TokenBuffer& tokens) const {
  if (words_.empty()) return;
  auto& all = tokens.mutable_tokens();
  const uint32_t last_position = all.empty() ? 0 : all.back().position;
  std::erase_if(all, [&](const TokenBuffer::Token& token) {
    if (!remove_trailing_ && token.position == last_position) return false;
    return words_.contains(tokens.term(token));
  });
}

}  // namespace selene::index
