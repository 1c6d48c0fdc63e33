#include "index/analysis/filters/term_filters.h"

#include <limits>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "index/analysis/tokenizers/simple_tokenizers.h"
#include "index/analysis/utf8.h"

namespace selene::index {

void LengthFilter::apply(TokenBuffer& tokens) const {
  std::erase_if(tokens.mutable_tokens(), [&](const TokenBuffer::Token& token) {
    const auto length = static_cast<int64_t>(utf16_length(tokens.term(token)));
    return length < min_ || length > max_;
  });
}

void TruncateFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const std::string_view term = tokens.term(token);
    if (token.keyword || term.size() <= static_cast<size_t>(length_)) continue;
    uint32_t units = 0;
    size_t pos = 0;
    while (pos < term.size()) {
      size_t next = pos;
      units += utf16_units(decode_utf8(term, next));
      if (units > static_cast<uint32_t>(length_)) break;
      pos = next;
    }
    token.term_length = static_cast<uint32_t>(pos);
  }
}

void TrimFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const std::string_view term = tokens.term(token);
    size_t first = term.size();
    size_t last = 0;
    for (size_t pos = 0; pos < term.size();) {
      const size_t begin = pos;
      if (is_java_whitespace(decode_utf8(term, pos))) continue;
      first = std::min(first, begin);
      last = pos;
    }
    token.term_begin += static_cast<uint32_t>(std::min(first, last));
    token.term_length = static_cast<uint32_t>(last > first ? last - first : 0);
  }
}

void ReverseFilter::apply(TokenBuffer& tokens) const {
  std::string reversed;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const std::string_view term = tokens.term(token);
    reversed.assign(term.size(), '\0');
    size_t end = term.size();
    for (size_t pos = 0; pos < term.size();) {
      const size_t begin = pos;
      decode_utf8(term, pos);
      end -= pos - begin;
      term.copy(reversed.data() + end, pos - begin, begin);
    }
    tokens.replace_term(token, reversed);
  }
}

void UniqueFilter::apply(TokenBuffer& tokens) const {
  std::unordered_set<std::string_view> seen;
  uint32_t position = std::numeric_limits<uint32_t>::max();
  uint32_t dropped = 0;  // increments of duplicates: they leave no holes, as in Elasticsearch's filter
  std::vector<TokenBuffer::Token> kept;
  for (TokenBuffer::Token token : tokens.tokens()) {
    if (only_on_same_position_ && token.position != position) seen.clear();
    const uint32_t increment = token.position - position;
    position = token.position;
    if (!seen.insert(tokens.term(token)).second) {
      dropped += increment;
      continue;
    }
    token.position -= dropped;
    kept.push_back(token);
  }
  tokens.mutable_tokens() = std::move(kept);
  tokens.set_num_positions(tokens.num_positions() - dropped);
}

void KeywordMarkerFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) token.keyword |= words_.contains(tokens.term(token));
}

void PatternKeywordMarkerFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    pattern_->for_each(tokens.term(token), [&](const auto&) { token.keyword = true; });
  }
}

void StemmerOverrideFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const auto stem = token.keyword ? stems_.end() : stems_.find(tokens.term(token));
    if (stem == stems_.end()) continue;
    tokens.replace_term(token, stem->second);
    token.keyword = true;
  }
}

void ElisionFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const std::string_view term = tokens.term(token);
    const size_t plain = term.find('\'');
    const size_t curly = term.find("\u2019");
    const size_t at = std::min(plain, curly);
    if (at == std::string_view::npos || !articles_.contains(term.substr(0, at))) continue;
    const size_t cut = at + (at == plain ? 1 : 3);
    token.term_begin += static_cast<uint32_t>(cut);
    token.term_length -= static_cast<uint32_t>(cut);
  }
}

}  // namespace selene::index
