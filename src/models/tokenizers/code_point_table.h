#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace selene::models {

/// What becomes of one code point on its way to words. For kLetter, kSpace, kPunctuation, kIsolated and kNonstarter the value is
/// the code point it became, 0 for itself.
enum class CharKind : uint8_t {
  kLetter,       ///< part of a word
  kSpace,        ///< ends a word
  kPunctuation,  ///< a word of its own
  kRemoved,
  kBarrier,     ///< removed, but nothing is reordered across it: a nonspacing mark of combining class 0
  kIsolated,    ///< a letter with a space on each side (handle_chinese_chars)
  kNonstarter,  ///< a letter of combining class != 0 in a text that is put in canonical order
  kSequence,    ///< several: the value is for `sequence()`
  kHangul,      ///< a syllable that is decomposed by rule into its two or three letters
};

struct CharEntry {
  uint32_t bits = 0;
  CharKind kind() const { return static_cast<CharKind>(bits >> 24); }
  uint32_t value() const { return bits & 0xFFFFFF; }
  char32_t code_point(char32_t itself) const { return value() == 0 ? itself : value(); }
  static CharEntry make(CharKind kind, uint32_t value = 0) { return {static_cast<uint32_t>(kind) << 24 | value}; }
};

/// The steps of Hugging Face's BertNormalizer, as in tokenizer.json, in this order.
struct BertNormalizerOptions {
  bool clean_text = false;
  bool handle_chinese_chars = false;
  bool strip_accents = false;
  bool lowercase = false;
  friend bool operator==(const BertNormalizerOptions&, const BertNormalizerOptions&) = default;
};

/// BertNormalizer and the classes of BertPreTokenizer folded into one lookup per code point; without any option only the classes.
/// About 100 KiB: equal blocks of 256 code points are stored once. Immutable, thread-safe.
class CodePointTable {
 public:
  explicit CodePointTable(BertNormalizerOptions options);

  CharEntry operator[](char32_t c) const { return entries_[size_t{pages_[c >> 8]} * 256 + (c & 0xFF)]; }
  /// What a kSequence entry with this value becomes: at least two entries, none of them kSequence or kHangul, values never 0.
  std::span<const CharEntry> sequence(uint32_t value) const {
    return std::span(sequences_).subspan(value + 1, sequences_[value].bits);
  }
  const BertNormalizerOptions& options() const { return options_; }

 private:
  BertNormalizerOptions options_;
  std::vector<uint16_t> pages_;       // [0x1100]
  std::vector<CharEntry> entries_;    // [num_pages * 256]
  std::vector<CharEntry> sequences_;  // length, then the entries
};

/// Canonical combining class; 0 for starters. Binary search.
uint8_t combining_class(char32_t c);
/// Whether words end at it (Rust's char::is_whitespace). Binary search.
bool is_whitespace(char32_t c);

/// Whether BertNormalizer's clean_text takes it away. Binary search.
bool is_cleaned_away(char32_t c);

/// The two or three letters of a Hangul syllable.  REQUIRES: 0xAC00 <= c < 0xD7A4.  Source: The Unicode Standard, section 3.12.
struct HangulLetters {
  char32_t letters[3];
  int32_t size;
};
inline HangulLetters decompose_hangul(char32_t c) {
  const char32_t index = c - 0xAC00;
  const char32_t trail = index % 28;
  return {{0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + trail}, trail == 0 ? 2 : 3};
}

}  // namespace selene::models
