#include <iterator>

#include "index/analysis/stemmers/normalizers.h"

namespace selene::index {
namespace {

using Text = std::u16string_view;

// ---- all scripts of India

/// Blocks of 128 characters, laid out alike, in the order of Unicode from U+0900 on; a bit each.
enum Script : uint16_t {
  kDevanagari = 1,
  kBengali = 2,
  kGurmukhi = 4,
  kGujarati = 8,
  kOriya = 16,
  kTamil = 32,
  kTelugu = 64,
  kKannada = 128,
  kMalayalam = 256,
};
constexpr char16_t kFirst = 0x900;
constexpr char16_t kPastLast = 0xD80;
constexpr size_t kBlock = 0x80;
constexpr char16_t kJoiner = 0x200D;

constexpr int16_t kNone = -1;
constexpr int16_t kZeroWidthJoiner = 0xFF;
/// Offsets within a block of two or three characters, and of the one they are.
struct Composition {
  int16_t first;
  int16_t second;
  int16_t third;
  int16_t composed;
  uint16_t scripts;
};
constexpr Composition kCompositions[] = {
    {0x05, 0x3E, 0x45, 0x11, kDevanagari | kGujarati},
    {0x05, 0x3E, 0x46, 0x12, kDevanagari},
    {0x05, 0x3E, 0x47, 0x13, kDevanagari | kGujarati},
    {0x05, 0x3E, 0x48, 0x14, kDevanagari | kGujarati},
    {0x05, 0x3E, kNone, 0x06, kDevanagari | kBengali | kGurmukhi | kGujarati | kOriya},
    {0x05, 0x45, kNone, 0x72, kDevanagari},
    {0x05, 0x45, kNone, 0x0D, kGujarati},
    {0x05, 0x46, kNone, 0x04, kDevanagari},
    {0x05, 0x47, kNone, 0x0F, kGujarati},
    {0x05, 0x48, kNone, 0x10, kGurmukhi | kGujarati},
    {0x05, 0x49, kNone, 0x11, kDevanagari | kGujarati},
    {0x05, 0x4A, kNone, 0x12, kDevanagari},
    {0x05, 0x4B, kNone, 0x13, kDevanagari | kGujarati},
    {0x05, 0x4C, kNone, 0x14, kDevanagari | kGurmukhi | kGujarati},
    {0x06, 0x45, kNone, 0x11, kDevanagari | kGujarati},
    {0x06, 0x46, kNone, 0x12, kDevanagari},
    {0x06, 0x47, kNone, 0x13, kDevanagari | kGujarati},
    {0x06, 0x48, kNone, 0x14, kDevanagari | kGujarati},
    {0x07, 0x57, kNone, 0x08, kMalayalam},
    {0x09, 0x41, kNone, 0x0A, kDevanagari},
    {0x09, 0x57, kNone, 0x0A, kTamil | kMalayalam},
    {0x0E, 0x46, kNone, 0x10, kMalayalam},
    {0x0F, 0x45, kNone, 0x0D, kDevanagari},
    {0x0F, 0x46, kNone, 0x0E, kDevanagari},
    {0x0F, 0x47, kNone, 0x10, kDevanagari},
    {0x0F, 0x57, kNone, 0x10, kOriya},
    {0x12, 0x3E, kNone, 0x13, kMalayalam},
    {0x12, 0x4C, kNone, 0x14, kTelugu | kKannada},
    {0x12, 0x55, kNone, 0x13, kTelugu},
    {0x12, 0x57, kNone, 0x14, kTamil | kMalayalam},
    {0x13, 0x57, kNone, 0x14, kOriya},
    {0x15, 0x3C, kNone, 0x58, kDevanagari},
    {0x16, 0x3C, kNone, 0x59, kDevanagari | kGurmukhi},
    {0x17, 0x3C, kNone, 0x5A, kDevanagari | kGurmukhi},
    {0x1C, 0x3C, kNone, 0x5B, kDevanagari | kGurmukhi},
    {0x21, 0x3C, kNone, 0x5C, kDevanagari | kBengali | kOriya},
    {0x22, 0x3C, kNone, 0x5D, kDevanagari | kBengali | kOriya},
    {0x23, 0x4D, kZeroWidthJoiner, 0x7A, kMalayalam},
    {0x24, 0x4D, kZeroWidthJoiner, 0x4E, kBengali},
    {0x28, 0x3C, kNone, 0x29, kDevanagari},
    {0x28, 0x4D, kZeroWidthJoiner, 0x7B, kMalayalam},
    {0x2B, 0x3C, kNone, 0x5E, kDevanagari | kGurmukhi},
    {0x2F, 0x3C, kNone, 0x5F, kDevanagari | kBengali},
    {0x2C, 0x41, 0x41, 0x0B, kTelugu},
    {0x30, 0x3C, kNone, 0x31, kDevanagari},
    {0x30, 0x4D, kZeroWidthJoiner, 0x7C, kMalayalam},
    {0x32, 0x4D, kZeroWidthJoiner, 0x7D, kMalayalam},
    {0x33, 0x3C, kNone, 0x34, kDevanagari},
    {0x33, 0x4D, kZeroWidthJoiner, 0x7E, kMalayalam},
    {0x35, 0x41, kNone, 0x2E, kTelugu},
    {0x3E, 0x45, kNone, 0x49, kDevanagari | kGujarati},
    {0x3E, 0x46, kNone, 0x4A, kDevanagari},
    {0x3E, 0x47, kNone, 0x4B, kDevanagari | kGujarati},
    {0x3E, 0x48, kNone, 0x4C, kDevanagari | kGujarati},
    {0x3F, 0x55, kNone, 0x40, kKannada},
    {0x41, 0x41, kNone, 0x42, kGurmukhi},
    {0x46, 0x3E, kNone, 0x4A, kTamil | kMalayalam},
    {0x46, 0x42, 0x55, 0x4B, kKannada},
    {0x46, 0x42, kNone, 0x4A, kKannada},
    {0x46, 0x46, kNone, 0x48, kMalayalam},
    {0x46, 0x55, kNone, 0x47, kTelugu | kKannada},
    {0x46, 0x56, kNone, 0x48, kTelugu | kKannada},
    {0x46, 0x57, kNone, 0x4C, kTamil | kMalayalam},
    {0x47, 0x3E, kNone, 0x4B, kBengali | kOriya | kTamil | kMalayalam},
    {0x47, 0x57, kNone, 0x4C, kBengali | kOriya},
    {0x4A, 0x55, kNone, 0x4B, kKannada},
    {0x72, 0x3F, kNone, 0x07, kGurmukhi},
    {0x72, 0x40, kNone, 0x08, kGurmukhi},
    {0x72, 0x47, kNone, 0x0F, kGurmukhi},
    {0x73, 0x41, kNone, 0x09, kGurmukhi},
    {0x73, 0x42, kNone, 0x0A, kGurmukhi},
    {0x73, 0x4B, kNone, 0x13, kGurmukhi},
};

/// The offset of a unit in the block that begins at `base`; kNone outside.
int16_t offset_in(char16_t base, Text word, size_t at) {
  if (at >= word.size()) return kNone;
  if (word[at] == kJoiner) return kZeroWidthJoiner;
  return word[at] >= base && word[at] < base + kBlock ? static_cast<int16_t>(word[at] - base) : kNone;
}

/// Null: what stands at `at` is composed of nothing.
const Composition* composition_at(Text word, size_t at, char16_t base) {
  const auto script = static_cast<uint16_t>(1U << ((base - kFirst) / kBlock));
  const int16_t first = offset_in(base, word, at);
  const int16_t second = offset_in(base, word, at + 1);
  const int16_t third = offset_in(base, word, at + 2);
  for (const Composition& each : kCompositions) {
    const bool fits = each.first == first && each.second == second && (each.third == kNone || each.third == third);
    if (fits && (each.scripts & script) != 0) return &each;
  }
  return nullptr;
}

// ---- Hindi

struct Letters {
  Text from;
  Text to;
};
/// Letters with a dot as those without, short and foreign vowels as the usual ones, long vowels as short ones.
constexpr Letters kHindi = {
    u"\u0901\u0929\u0931\u0934\u0958\u0959\u095A\u095B\u095C\u095D\u095E\u095F\u0945\u0946\u0949\u094A\u090D\u090E\u0911\u0912"
    u"\u0972\u0906\u0908\u090A\u0960\u0961\u0910\u0914\u0940\u0942\u0944\u0963\u0948\u094C",
    u"\u0902\u0928\u0930\u0933\u0915\u0916\u0917\u091C\u0921\u0922\u092B\u092F\u0947\u0947\u094B\u094B\u090F\u090F\u0913\u0913"
    u"\u0905\u0905\u0907\u0909\u090B\u090C\u090F\u0913\u093F\u0941\u0943\u0962\u0947\u094B"};
static_assert(kHindi.from.size() == kHindi.to.size());

// ---- Bengali

constexpr char16_t kVirama = 0x9CD;
/// Long vowel signs as short ones, nga as anusvara, letters that sound alike as one.
constexpr Letters kBengaliLetters = {u"\u09C0\u09C2\u0999\u09B6\u09B7\u09A3\u09DC\u09DD\u09CE",
                                     u"\u09BF\u09C1\u0982\u09B8\u09B8\u09A8\u09B0\u09B0\u09A4"};
static_assert(kBengaliLetters.from.size() == kBengaliLetters.to.size());

/// Changes a word from its front; `at` is the unit looked at, and steps back behind what was cut.
class BengaliNormalization {
 public:
  explicit BengaliNormalization(std::u16string& text) : text_(text) {}

  void run() {
    for (at_ = 0; at_ < static_cast<std::ptrdiff_t>(text_.size()); ++at_) {
      switch (unit()) {
        case 0x981: erase_from(0, 1); break;  // candrabindu
        case 0x995: join_ksha(); break;
        case 0x9AF: drop_joined_ya(); break;
        case 0x9AC: drop_joined_ba(); break;
        case 0x983: replace_visarga(); break;
        default:
          if (const size_t place = kBengaliLetters.from.find(unit()); place != Text::npos) unit() = kBengaliLetters.to[place];
      }
    }
  }

 private:
  char16_t& unit() { return text_[static_cast<size_t>(at_)]; }
  bool is(std::ptrdiff_t place, char16_t unit) const {
    return place >= 0 && place < static_cast<std::ptrdiff_t>(text_.size()) && text_[static_cast<size_t>(place)] == unit;
  }
  /// Cuts `units` that begin `back` before the one looked at; those behind them are looked at next.
  void erase_from(std::ptrdiff_t back, size_t units) {
    text_.erase(static_cast<size_t>(at_ - back), units);
    at_ -= back + 1;
  }

  /// Ka, virama and what follows as kha.
  void join_ksha() {
    if (!is(at_ + 1, kVirama) || !is(at_ + 2, 0x9BF)) return;
    const auto at = static_cast<size_t>(at_);
    if (at_ == 0) {
      text_[at] = 0x996;
      text_.erase(at + 1, 2);
    } else {
      text_[at + 1] = 0x996;
      text_.erase(at + 2, 1);
    }
  }
  /// A ya joined to the first letter is heard as a vowel, another one not at all.
  void drop_joined_ya() {
    if (!is(at_ - 1, kVirama)) return;
    if (at_ != 2) return erase_from(1, 2);
    text_[1] = 0x9C7;
    if (is(3, 0x9BE)) text_.erase(3, 1);
    erase_from(0, 1);
  }
  /// A joined ba doubles the letter before, unless that begins the word or is joined itself.
  void drop_joined_ba() {
    if (!is(at_ - 1, kVirama)) return;
    if (at_ == 2 || (at_ >= 5 && is(at_ - 3, kVirama))) return erase_from(1, 2);
    if (at_ < 2) return;
    text_[static_cast<size_t>(at_ - 1)] = text_[static_cast<size_t>(at_ - 2)];
    erase_from(0, 1);
  }
  void replace_visarga() {
    const auto at = static_cast<size_t>(at_);
    if (at + 1 < text_.size()) {
      unit() = text_[at + 1];
    } else if (text_.size() <= 3) {
      unit() = 0x9B9;
    } else {
      text_.erase(at, 1);
    }
  }

  std::u16string& text_;
  std::ptrdiff_t at_ = 0;
};

}  // namespace

void normalize_indic(StemWord& word) {
  for (size_t i = 0; i < word.size(); ++i) {
    const char16_t unit = word.text[i];
    if (unit < kFirst || unit >= kPastLast) continue;
    const auto base = static_cast<char16_t>(unit - unit % kBlock);
    const Composition* const found = composition_at(word.text, i, base);
    if (found == nullptr) continue;
    word.text[i] = static_cast<char16_t>(base + found->composed);
    word.text.erase(i + 1, found->third == kNone ? 1 : 2);
  }
}

void normalize_hindi(StemWord& word) {
  constexpr char16_t kNa = 0x928;
  constexpr char16_t kHalant = 0x94D;
  std::u16string out;
  for (size_t i = 0; i < word.size(); ++i) {
    const char16_t unit = word.text[i];
    if (unit == kNa && i + 1 < word.size() && word.text[i + 1] == kHalant) {
      out += u'\u0902';  // a nasal without vowel is heard as an anusvara
      ++i;
    } else if (unit != 0x93C && unit != kHalant && unit != kJoiner && unit != 0x200C) {
      out += unit;
    }
  }
  word.text = std::move(out);
  word.fold(kHindi.from, kHindi.to);
}

void normalize_bengali(StemWord& word) { BengaliNormalization(word.text).run(); }

}  // namespace selene::index
