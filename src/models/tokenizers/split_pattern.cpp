#include "models/tokenizers/split_pattern.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "models/tokenizers/char_classes.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

struct KnownPattern {
  std::string_view name;
  std::string_view regex;
  SplitPattern pattern;
};

using Family = SplitPattern::Family;

constexpr std::array<KnownPattern, 3> kKnownPatterns = {{
    {"GPT-2", R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", {Family::kGpt2}},
    {"Qwen 2",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::kCl100k, 1}},
    {"Llama 3",
     R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     {Family::kCl100k, 3}},
}};

constexpr uint8_t kNotOther = kLetterClass | kNumberClass | kBlankClass;

/// Reads characters with their classes.
class Cursor {
 public:
  Cursor(std::string_view text, size_t pos) : text_(text), pos_(pos) { read(); }
  bool done() const { return pos_ >= text_.size(); }
  size_t pos() const { return pos_; }
  char32_t c() const { return c_; }
  bool is(uint8_t classes) const { return !done() && (classes_ & classes) != 0; }
  /// A character that is in none of the classes.
  bool is_not(uint8_t classes) const { return !done() && (classes_ & classes) == 0; }
  void step() {
    pos_ = next_;
    read();
  }
  void skip(uint8_t classes) {
    while (is(classes)) step();
  }
  void skip_not(uint8_t classes) {
    while (is_not(classes)) step();
  }

 private:
  void read() {
    if (done()) return;
    next_ = pos_;
    c_ = decode_utf8(text_, next_);
    classes_ = char_classes(c_);
  }
  std::string_view text_;
  size_t pos_;
  size_t next_ = 0;
  char32_t c_ = 0;
  uint8_t classes_ = 0;
};

/// 's 't 're 've 'm 'll 'd at `begin`: their size, or 0.
size_t contraction(std::string_view text, size_t begin, Family family) {
  if (text[begin] != '\'') return 0;
  const bool any_case = family == Family::kCl100k;
  const auto at = [&](size_t i) {
    if (begin + i >= text.size()) return '\0';
    const char c = text[begin + i];
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  };
  const char first = at(1);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  const char second = at(2);
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l')) return 3;
  // The long s folds to s.
  if (any_case && text.substr(begin + 1).starts_with("\u017F")) return 3;
  return 0;
}

/// `\s+(?!\S)|\s+`: a run of blanks without its last one, which goes with what follows, unless it is alone or the text ends.
size_t blanks_end(Cursor cursor) {
  size_t last = cursor.pos();
  const size_t begin = last;
  while (cursor.is(kBlankClass)) {
    last = cursor.pos();
    cursor.step();
  }
  return cursor.done() || last == begin ? cursor.pos() : last;
}

size_t gpt2_end(std::string_view text, size_t begin) {
  if (const size_t size = contraction(text, begin, Family::kGpt2); size != 0) return begin + size;
  Cursor cursor(text, begin);
  const Cursor start = cursor;
  if (text[begin] == ' ') cursor.step();
  for (const uint8_t classes : {kLetterClass, kNumberClass}) {
    if (!cursor.is(classes)) continue;
    cursor.skip(classes);
    return cursor.pos();
  }
  if (cursor.is_not(kNotOther)) {
    cursor.skip_not(kNotOther);
    return cursor.pos();
  }
  return blanks_end(start);
}

/// `\s*[\r\n]+`: the blanks up to the last newline among them; 0 if there is none.
size_t newlines_end(Cursor cursor) {
  size_t end = 0;
  while (cursor.is(kBlankClass)) {
    const bool is_newline = cursor.is(kNewlineClass);
    cursor.step();
    if (is_newline) end = cursor.pos();
  }
  return end;
}

size_t cl100k_end(const SplitPattern& pattern, std::string_view text, size_t begin) {
  if (const size_t size = contraction(text, begin, Family::kCl100k); size != 0) return begin + size;
  const Cursor start(text, begin);
  Cursor cursor = start;
  if (cursor.is_not(kNewlineClass | kLetterClass | kNumberClass)) cursor.step();
  if (!cursor.is(kLetterClass)) cursor = start;
  if (cursor.is(kLetterClass)) {
    cursor.skip(kLetterClass);
    return cursor.pos();
  }
  cursor = start;
  if (cursor.is(kNumberClass)) {
    for (size_t n = 0; cursor.is(kNumberClass) && (pattern.max_digits == 0 || n < pattern.max_digits); ++n) cursor.step();
    return cursor.pos();
  }
  if (text[begin] == ' ') cursor.step();
  if (cursor.is_not(kNotOther)) {
    cursor.skip_not(kNotOther);
    cursor.skip(kNewlineClass);
    return cursor.pos();
  }
  if (const size_t end = newlines_end(start); end != 0) return end;
  const size_t end = blanks_end(start);
  if (end > begin) return end;
  cursor = start;
  cursor.step();
  return cursor.pos();
}

/// How many of the eight bytes at `p` are ASCII letters before the first other one. Little-endian.
size_t count_letters(const char* p) {
  constexpr uint64_t kEach = 0x0101010101010101ULL;
  uint64_t bytes;
  std::memcpy(&bytes, p, sizeof bytes);
  const uint64_t low = (bytes | kEach * 0x20) & kEach * 0x7F;
  const uint64_t from_a = low + kEach * (0x80 - 'a');  // bit 7 of each byte: at least 'a'
  const uint64_t behind_z = low + kEach * (0x7F - 'z');
  const uint64_t others = ~(from_a & ~behind_z & ~bytes) & kEach * 0x80;
  return static_cast<size_t>(std::countr_zero(others)) / 8;
}

/// The end of the ASCII letters from `pos` on, by as many steps whether they are 0 or 16.
size_t letters_end(std::string_view text, size_t pos) {
  for (;;) {
    const size_t first = count_letters(text.data() + pos);
    const size_t second = count_letters(text.data() + pos + 8);
    const size_t count = first + (second & (0 - first / 8));
    pos += count;
    if (count < 16) return std::min(pos, text.size());
    if (pos >= text.size()) return text.size();
  }
}

/// By its first character, of at least how many bytes a plain word is.
constexpr std::array<uint8_t, 256> kMinPlainSize = [] {
  std::array<uint8_t, 256> sizes;
  for (size_t c = 0; c < sizes.size(); ++c) {
    const bool is_letter = c < 0x80 && (kAsciiClasses[c] & kLetterClass) != 0;
    sizes[c] = is_letter ? 1 : c == ' ' ? 2 : UINT8_MAX;
  }
  return sizes;
}();

/// The end of a word of ASCII letters with or without a space before it, which is a piece in both families; 0 for anything else.
/// Where it ends does not wait for what it begins with.
size_t plain_word_end(std::string_view text, size_t begin) {
  const size_t end = letters_end(text, begin + 1);
  const uint8_t min_size = kMinPlainSize[static_cast<uint8_t>(text[begin])];
  const bool may_go_on = end < text.size() && static_cast<uint8_t>(text[end]) >= 0x80;
  return end - begin < min_size || min_size == UINT8_MAX || may_go_on ? 0 : end;
}

}  // namespace

std::optional<SplitPattern> SplitPattern::parse(std::string_view regex) {
  const auto known =
      std::find_if(kKnownPatterns.begin(), kKnownPatterns.end(), [&](const KnownPattern& p) { return p.regex == regex; });
  if (known == kKnownPatterns.end()) return std::nullopt;
  return known->pattern;
}

std::string SplitPattern::supported() {
  std::string names;
  for (const KnownPattern& known : kKnownPatterns) {
    names += names.empty() ? "" : ", ";
    names += known.name;
  }
  return names;
}

void SplitPattern::split(const TextPiece& piece, std::vector<TextPiece>& out) const {
  const std::string_view text = piece.text;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = plain_word_end(text, begin);
    if (end == 0) end = family == Family::kGpt2 ? gpt2_end(text, begin) : cl100k_end(*this, text, begin);
    out.push_back(piece.slice(begin, end));
    begin = end;
  }
}

}  // namespace selene::models
