#include "models/tokenizers/split_pattern.h"

#include <algorithm>
#include <array>
#include <bit>

#include "models/tokenizers/ascii_masks.h"
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

/// Numbers of at most three digits from where the run of them begins, or each digit alone.
uint64_t number_starts(uint64_t digits, size_t max_digits) {
  if (max_digits == 1) return digits;
  uint64_t starts = digits & ~(digits << 1);
  if (max_digits != 3) return starts;
  const uint64_t behind_three = digits & digits << 1 & digits << 2;
  for (uint64_t next = starts << 3 & behind_three; next != 0; next = next << 3 & behind_three) starts |= next;
  return starts;
}

/// Where pieces start behind the first byte, at which one starts; the lower bits only, as far as it is known what decides.
/// `num_bytes`: how many of the bytes belong to the text.
uint64_t piece_starts(const SplitPattern& pattern, const AsciiMasks& masks, size_t num_bytes) {
  constexpr uint64_t kLast = uint64_t{1} << (AsciiMasks::kNumBytes - 1);
  const uint64_t text_end = num_bytes < AsciiMasks::kNumBytes ? uint64_t{1} << num_bytes : kLast;
  const uint64_t contractions = masks.apostrophes & masks.letters >> 1;
  const uint64_t unknown = masks.beyond | contractions | text_end | kLast;
  const uint64_t letters = masks.letters;
  const uint64_t spaces = masks.spaces;
  const uint64_t others = ~(letters | masks.digits | spaces);
  const auto first_of = [](uint64_t run) { return run & ~(run << 1); };
  const uint64_t behind_space = spaces << 1;
  // The last space of several goes with what follows.
  uint64_t starts = first_of(spaces) | (spaces & ~(spaces >> 1)) | (first_of(others) & ~behind_space);
  if (pattern.family == Family::kGpt2) {
    starts |= (first_of(letters) | first_of(masks.digits)) & ~behind_space;
  } else {
    // Of the others a single one goes with the letters behind it, unless it goes with a space.
    const uint64_t behind_single = (first_of(others) & ~behind_space) << 1;
    starts |= first_of(letters) & ~behind_space & ~behind_single;
    starts |= number_starts(masks.digits, pattern.max_digits);
  }
  // Each depends on two bytes before it and one behind it.
  const uint64_t lowest_unknown = unknown & (0 - unknown);
  return starts & ((lowest_unknown >> 1) - 1) & (lowest_unknown - 1) & ~uint64_t{1};
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

size_t SplitPattern::piece_end(std::string_view text, size_t begin) const {
  return family == Family::kGpt2 ? gpt2_end(text, begin) : cl100k_end(*this, text, begin);
}

void SplitPattern::split(const TextPiece& piece, std::vector<TextPiece>& out) const {
  const std::string_view text = piece.text;
  for (size_t begin = 0; begin < text.size();) {
    const size_t first = begin;
    const auto add = [&](size_t end) {
      out.push_back(piece.slice(begin, end));
      begin = end;
    };
    uint64_t starts = piece_starts(*this, ascii_masks(text.data() + begin), text.size() - begin);
    if (starts == 0) add(piece_end(text, begin));
    for (; starts != 0; starts &= starts - 1) add(first + static_cast<size_t>(std::countr_zero(starts)));
  }
}

}  // namespace selene::models
