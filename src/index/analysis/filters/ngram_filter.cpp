#include "index/analysis/filters/ngram_filter.h"

#include "index/analysis/utf8.h"

namespace selene::index {

// Grams share the bytes of their term, so nothing is copied.
void NgramFilter::apply(TokenBuffer& tokens) const {
  std::vector<TokenBuffer::Token> grams;
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
    if (preserve_original_ && length < min) grams.push_back(token);
    const size_t num_starts = edges_ == Edges::kAll ? length : std::min<size_t>(length, 1);
    for (size_t i = 0; i < num_starts; ++i) {
      for (size_t n = min; n <= max && i + n <= length; ++n) {
        const size_t start = edges_ == Edges::kBackOnly ? length - n : i;
        TokenBuffer::Token gram = token;
        gram.term_begin += starts[start];
        gram.term_length = starts[start + n] - starts[start];
        grams.push_back(gram);
      }
    }
    if (preserve_original_ && length > max) grams.push_back(token);
  }
  tokens.mutable_tokens() = std::move(grams);
}

}  // namespace selene::index
