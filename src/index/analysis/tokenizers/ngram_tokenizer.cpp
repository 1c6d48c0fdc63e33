#include "index/analysis/tokenizers/ngram_tokenizer.h"

#include <unicode/uchar.h>

#include <vector>

#include "index/analysis/tokenizers/simple_tokenizers.h"
#include "index/analysis/utf8.h"

namespace selene::index {

bool CharClasses::contains(char32_t c) const {
  const auto character = static_cast<UChar32>(c);
  const uint32_t category = U_GET_GC_MASK(character);
  return (letter && u_isalpha(character)) || (digit && u_isdigit(character)) || (whitespace && is_java_whitespace(c)) ||
         (punctuation && (category & U_GC_P_MASK) != 0) || (symbol && (category & U_GC_S_MASK) != 0) ||
         custom.find(c) != std::u32string::npos;
}

void NgramTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  struct Place {
    size_t byte;
    uint32_t offset;
  };
  std::vector<Place> run;  // starts of the code points of one run, and its end
  uint32_t position = 0;
  const auto emit_run = [&] {
    const size_t length = run.empty() ? 0 : run.size() - 1;
    const auto min = static_cast<size_t>(min_gram_);
    const auto max = static_cast<size_t>(max_gram_);
    const size_t num_starts = edges_ == Edges::kFrontOnly ? std::min<size_t>(length, 1) : length;
    for (size_t i = 0; i < num_starts; ++i) {
      for (size_t n = min; n <= max && i + n <= length; ++n) {
        const Place& from = run[i];
        const Place& to = run[i + n];
        tokens.add(text.substr(from.byte, to.byte - from.byte), position++, from.offset, to.offset, TokenType::kWord);
      }
    }
    run.clear();
  };
  uint32_t offset = 0;
  for (size_t pos = 0; pos < text.size();) {
    const size_t begin = pos;
    const char32_t c = decode_utf8(text, pos);
    const bool belongs = !token_chars_.any() || token_chars_.contains(c);
    if (belongs && run.empty()) run.push_back({begin, offset});
    offset += utf16_units(c);
    if (belongs) {
      run.push_back({pos, offset});
    } else {
      emit_run();
    }
  }
  emit_run();
  tokens.set_num_positions(position);
}

}  // namespace selene::index
