#include "inference/chunking/text_segments.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "base/unicode.h"

namespace selene::inference {
namespace {

enum class Rules : uint8_t { kWord, kSentence };

std::unique_ptr<icu::BreakIterator> make_breaks(Rules rules) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale root = icu::Locale::getRoot();
  std::unique_ptr<icu::BreakIterator> breaks(rules == Rules::kWord ? icu::BreakIterator::createWordInstance(root, status)
                                                                   : icu::BreakIterator::createSentenceInstance(root, status));
  CHECK(U_SUCCESS(status) && breaks != nullptr);  // ICU's own data is missing
  return breaks;
}

/// An iterator over the text's bytes; making one costs more than most texts, so each thread keeps its own.
icu::BreakIterator& breaks_of(Rules rules, UText* text) {
  thread_local const std::unique_ptr<icu::BreakIterator> words = make_breaks(Rules::kWord);
  thread_local const std::unique_ptr<icu::BreakIterator> sentences = make_breaks(Rules::kSentence);
  icu::BreakIterator& breaks = rules == Rules::kWord ? *words : *sentences;
  UErrorCode status = U_ZERO_ERROR;
  breaks.setText(text, status);
  CHECK(U_SUCCESS(status));
  return breaks;
}

/// A text as ICU reads it. The view must outlive it.
class Utf8Text {
 public:
  explicit Utf8Text(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(&text_, text.data(), static_cast<int64_t>(text.size()), &status);
    CHECK(U_SUCCESS(status));
  }
  ~Utf8Text() { utext_close(&text_); }
  Utf8Text(const Utf8Text&) = delete;
  Utf8Text& operator=(const Utf8Text&) = delete;
  UText* get() { return &text_; }

 private:
  UText text_ = UTEXT_INITIALIZER;
};

bool starts_with_blank(std::string_view text, size_t at) {
  return u_isUWhiteSpace(static_cast<UChar32>(base::decode_utf8(text, at))) != 0;
}

}  // namespace

std::vector<WordSpan> find_words(std::string_view text) {
  Utf8Text utext(text);
  icu::BreakIterator& breaks = breaks_of(Rules::kWord, utext.get());
  std::vector<WordSpan> words;
  bool clings = false;
  auto begin = static_cast<size_t>(breaks.first());
  for (int32_t at = breaks.next(); at != icu::BreakIterator::DONE; at = breaks.next()) {
    const auto end = static_cast<size_t>(at);
    if (breaks.getRuleStatus() >= UBRK_WORD_NONE_LIMIT) {
      words.push_back({begin, end, end});
      clings = true;
    } else if (clings && !starts_with_blank(text, begin)) {
      words.back().end = end;
    } else {
      clings = false;
    }
    begin = end;
  }
  return words;
}

std::vector<ByteSpan> find_sentences(std::string_view text) {
  Utf8Text utext(text);
  icu::BreakIterator& breaks = breaks_of(Rules::kSentence, utext.get());
  std::vector<ByteSpan> sentences;
  auto begin = static_cast<size_t>(breaks.first());
  for (int32_t at = breaks.next(); at != icu::BreakIterator::DONE; at = breaks.next()) {
    sentences.push_back({begin, static_cast<size_t>(at)});
    begin = static_cast<size_t>(at);
  }
  return sentences;
}

size_t WordIndex::lower(size_t at) const {
  const auto found =
      std::lower_bound(words_.begin(), words_.end(), at, [](const WordSpan& word, size_t place) { return word.begin < place; });
  return static_cast<size_t>(found - words_.begin());
}

}  // namespace selene::inference
