#include "index/analysis/filters/ngram_filter.h"

#include "index/analysis/utf8.h"

namespace selene::index {

namespace {

/// Grams have bytes of their own, since filters behind change terms in place; those over this many share the bytes of their term.
constexpr size_t kMostGramBytes = 64 << 20;

}  // namespace

void NgramFilter::apply(TokenBuffer& tokens) const {
  std::vector<TokenBuffer::Token> grams;
  std::string bytes;
  const size_t first_byte = tokens.mutable_bytes().size();
  const auto add = [&](TokenBuffer::Token gram, size_t begin, size_t end) {
    const std::string_view text = tokens.term(gram).substr(begin, end - begin);
    gram.term_begin += static_cast<uint32_t>(begin);
    gram.term_length = static_cast<uint32_t>(text.size());
    if (bytes.size() + text.size() <= kMostGramBytes) {
      gram.term_begin = static_cast<uint32_t>(first_byte + bytes.size());
      bytes += text;
    }
    grams.push_back(gram);
  };
  std::vector<uint32_t> starts;  // of code points, and the end
  for (const TokenBuffer::Token& token : tokens.tokens()) {
    const std::string_view term = tokens.term(token);
    starts.clear();
    for (size_t pos = 0; pos < term.size();) {
      starts.push_back(static_cast<uint32_t>(pos));
      decode_utf8(term, pos);
    }
    starts.push_back(static_cast<uint32_t>(term.size()));
    const size_t length = starts.size() - 1;
    const auto min = static_cast<size_t>(min_gram_);
    const auto max = static_cast<size_t>(max_gram_);
    if (preserve_original_ && length < min) add(token, 0, term.size());
    const size_t num_starts = edges_ == Edges::kAll ? length : std::min<size_t>(length, 1);
    for (size_t i = 0; i < num_starts; ++i) {
      for (size_t n = min; n <= max && i + n <= length; ++n) {
        const size_t start = edges_ == Edges::kBackOnly ? length - n : i;
        add(token, starts[start], starts[start + n]);
      }
    }
    if (preserve_original_ && length > max) add(token, 0, term.size());
  }
  tokens.mutable_tokens() = std::move(grams);
  tokens.mutable_bytes() += bytes;
}

}  // namespace selene::index
