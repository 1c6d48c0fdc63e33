#include "index/analysis/word_matcher.h"

#include "index/analysis/char_classes.h"
#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

constexpr char32_t kTextSelector = 0xFE0E;
constexpr char32_t kEmojiSelector = 0xFE0F;
constexpr char32_t kKeycap = 0x20E3;
constexpr char32_t kFirstTag = 0xE0020;
constexpr char32_t kLastTag = 0xE007E;
constexpr char32_t kTagTerm = 0xE007F;

/// Code points from one place on, up to a number of UTF-16 units.
class Cursor {
 public:
  Cursor(std::string_view text, size_t begin, uint32_t max_units) : text_(text), pos_(begin), max_units_(max_units) { load(); }
  bool at_end() const { return at_end_; }
  char32_t code_point() const { return code_point_; }
  CharClass char_class() const { return class_; }
  WordBreak word_break() const { return class_.word_break(); }
  bool extends() const { return word_break() == WordBreak::kExtend; }
  size_t pos() const { return pos_; }
  uint32_t units() const { return units_; }
  void next() {
    pos_ = next_pos_;
    units_ += utf16_units(code_point_);
    load();
  }
  void skip_extends() {
    while (!at_end_ && extends()) next();
  }

 private:
  void load() {
    at_end_ = pos_ >= text_.size();
    if (at_end_) return;
    next_pos_ = pos_;
    code_point_ = decode_utf8(text_, next_pos_);
    class_ = index::char_class(code_point_);
    at_end_ = units_ + utf16_units(code_point_) > max_units_;
  }

  std::string_view text_;
  size_t pos_;
  size_t next_pos_ = 0;
  uint32_t units_ = 0;
  uint32_t max_units_;
  char32_t code_point_ = 0;
  CharClass class_;
  bool at_end_ = false;
};

WordMatch match_at(const Cursor& cursor, TokenType type) { return {cursor.pos(), cursor.units(), type}; }

/// Keeps the longer one; of equal ones the first.
void keep_longer(std::optional<WordMatch>& best, const std::optional<WordMatch>& other) {
  if (other && (!best || other->utf16_units > best->utf16_units)) best = other;
}

/// Words and numbers (WB5 to WB13b) as one automaton; `seen` tells the type at the last accepted place.
class WordAutomaton {
 public:
  explicit WordAutomaton(Cursor cursor) : cursor_(cursor) {}

  std::optional<WordMatch> run() {
    while (!cursor_.at_end() && step()) {
      cursor_.next();
      cursor_.skip_extends();
      if (accepting(state_)) best_ = match_at(cursor_, type());
    }
    return best_;
  }

 private:
  enum class State : uint8_t {
    kStart,   ///< nothing yet, or ExtendNumLet only
    kLetter,  ///< after a letter; `quotable_` says whether it is a Hebrew letter that WB7a, WB7b apply to
    kNumber,
    kKatakana,
    kConnector,    ///< after ExtendNumLet that follows one of the above
    kHebrewQuote,  ///< Hebrew letter, single quote: complete
    kHebrewPair,   ///< Hebrew letter, double quote, Hebrew letter: complete, nothing may join but letters, numbers
    kLetterThenMid,
    kHebrewDouble,  ///< Hebrew letter, double quote
    kNumberThenMid,
  };

  static bool accepting(State state) {
    return state != State::kStart && state != State::kLetterThenMid && state != State::kHebrewDouble &&
           state != State::kNumberThenMid;
  }

  bool go(State state) {
    state_ = state;
    return true;
  }

  bool letter(bool quotable) {
    if (!cursor_.char_class().has(CharClass::kHangul)) only_hangul_ = false;
    seen_letter_ = true;
    quotable_ = quotable && cursor_.word_break() == WordBreak::kHebrewLetter;
    return go(State::kLetter);
  }
  bool number() {
    only_hangul_ = false;
    return go(State::kNumber);
  }
  bool katakana() {
    seen_katakana_ = true;
    only_hangul_ = false;
    return go(State::kKatakana);
  }
  bool other(State state) {
    only_hangul_ = false;
    plain_katakana_ = false;
    return go(state);
  }

  /// True if the code point is taken; the state is then the one behind it.
  bool step() {
    const WordBreak c = cursor_.word_break();
    const bool is_letter = c == WordBreak::kALetter || c == WordBreak::kHebrewLetter;
    switch (state_) {
      case State::kStart:
        if (c == WordBreak::kKatakana) return katakana();
        if (c == WordBreak::kExtendNumLet) return other(State::kStart);
        return is_letter ? letter(true) : c == WordBreak::kNumeric && number();
      case State::kLetterThenMid: return is_letter && letter(false);
      case State::kHebrewDouble: return c == WordBreak::kHebrewLetter && other(State::kHebrewPair);
      case State::kNumberThenMid: return c == WordBreak::kNumeric && number();
      case State::kKatakana:
        if (c == WordBreak::kExtendNumLet) return other(State::kConnector);
        return c == WordBreak::kKatakana && katakana();
      case State::kConnector:
        if (c == WordBreak::kKatakana) return katakana();
        break;
      default: break;
    }
    if (is_letter) return letter(true);
    if (c == WordBreak::kNumeric) return number();
    if (c == WordBreak::kExtendNumLet) return other(State::kConnector);
    return middle(c);
  }

  bool middle(WordBreak c) {
    const bool mid_both = c == WordBreak::kMidNumLet || c == WordBreak::kSingleQuote;
    if (state_ == State::kNumber) return (mid_both || c == WordBreak::kMidNum) && other(State::kNumberThenMid);
    if (state_ != State::kLetter) return false;
    if (quotable_ && c == WordBreak::kSingleQuote) return other(State::kHebrewQuote);
    if (quotable_ && c == WordBreak::kDoubleQuote) return other(State::kHebrewDouble);
    return (mid_both || c == WordBreak::kMidLetter) && other(State::kLetterThenMid);
  }

  TokenType type() const {
    if (!seen_letter_ && !seen_katakana_) return TokenType::kNum;
    if (only_hangul_) return TokenType::kHangul;
    return seen_katakana_ && !seen_letter_ && plain_katakana_ ? TokenType::kKatakana : TokenType::kAlphanum;
  }

  Cursor cursor_;
  State state_ = State::kStart;
  std::optional<WordMatch> best_;
  bool quotable_ = false;
  bool seen_letter_ = false;
  bool seen_katakana_ = false;
  bool only_hangul_ = true;
  bool plain_katakana_ = true;
};

/// emoji (ZWJ emoji)* | emoji tags: UTS #51 without keycaps and flags.
std::optional<WordMatch> match_emoji(Cursor cursor) {
  enum class State : uint8_t { kStart, kBase, kModified, kSelected, kSelectedTag, kJoined };
  State state = State::kStart;
  bool modifiable = false;  // behind a modifier base and its extenders
  bool after_zwj = false;   // the last code point is a joiner
  bool first_element = true;
  std::optional<WordMatch> best;
  for (; !cursor.at_end(); cursor.next()) {
    const char32_t c = cursor.code_point();
    const CharClass k = cursor.char_class();
    const bool zwj = k.has(CharClass::kZwj);
    const bool may_start = state == State::kStart || after_zwj;
    if (may_start && k.has(CharClass::kEmoji)) {
      first_element = first_element && state == State::kStart;
      state = State::kBase;
      modifiable = k.has(CharClass::kEmojiModifierBase);
    } else if (k.has(CharClass::kEmojiModifier)) {
      const bool plain_start = state == State::kStart && cursor.units() == 0;
      if (!plain_start && !(state == State::kBase && modifiable) && !(state != State::kStart && after_zwj)) break;
      state = State::kModified;
      modifiable = false;
    } else if (state == State::kStart || state == State::kJoined) {
      if (!zwj) break;
    } else if (state == State::kSelectedTag) {
      if (c == kTagTerm) {
        cursor.next();
        return match_at(cursor, TokenType::kEmoji);
      }
      if (c < kFirstTag || c > kLastTag) break;
    } else if (state == State::kSelected) {
      if (zwj) {
        state = State::kJoined;
      } else if (first_element && c >= kFirstTag && c <= kLastTag) {
        state = State::kSelectedTag;
      } else {
        break;
      }
    } else if (c == kEmojiSelector && state == State::kBase) {
      state = State::kSelected;
    } else if (!cursor.extends() || c == kTextSelector || c == kEmojiSelector) {
      break;
    }
    after_zwj = zwj;
    if (state == State::kBase || state == State::kModified || state == State::kSelected) {
      Cursor behind = cursor;
      behind.next();
      best = match_at(behind, TokenType::kEmoji);
    }
  }
  return best;
}

std::optional<WordMatch> match_keycap(Cursor cursor) {
  const auto plain_extend = [&] {
    return !cursor.at_end() && cursor.extends() && cursor.code_point() != kTextSelector && cursor.code_point() != kEmojiSelector;
  };
  cursor.next();
  while (plain_extend() && cursor.code_point() != kKeycap) cursor.next();
  if (!cursor.at_end() && cursor.code_point() == kEmojiSelector) cursor.next();
  if (cursor.at_end() || cursor.code_point() != kKeycap) return std::nullopt;
  while (plain_extend()) cursor.next();
  return match_at(cursor, TokenType::kEmoji);
}

std::optional<WordMatch> match_flag(Cursor cursor) {
  cursor.next();
  cursor.skip_extends();
  if (cursor.at_end() || cursor.word_break() != WordBreak::kRegionalIndicator) return std::nullopt;
  cursor.next();
  cursor.skip_extends();
  return match_at(cursor, TokenType::kEmoji);
}

std::optional<WordMatch> match_complex_context(Cursor cursor) {
  while (!cursor.at_end() && cursor.char_class().has(CharClass::kComplexContext)) {
    cursor.next();
    cursor.skip_extends();
  }
  return match_at(cursor, TokenType::kSoutheastAsian);
}

std::optional<WordMatch> match_single(Cursor cursor, TokenType type) {
  cursor.next();
  cursor.skip_extends();
  return match_at(cursor, type);
}

}  // namespace

std::optional<WordMatch> match_word(std::string_view text, size_t begin, uint32_t max_units) {
  const Cursor cursor(text, begin, max_units);
  if (cursor.at_end()) return std::nullopt;
  const CharClass first = cursor.char_class();
  const WordBreak word_break = first.word_break();
  std::optional<WordMatch> best;
  if (first.has(CharClass::kEmoji | CharClass::kEmojiModifier | CharClass::kZwj)) keep_longer(best, match_emoji(cursor));
  if (first.has(CharClass::kKeycapBase)) keep_longer(best, match_keycap(cursor));
  if (word_break == WordBreak::kRegionalIndicator) keep_longer(best, match_flag(cursor));
  if (word_break >= WordBreak::kALetter && word_break <= WordBreak::kExtendNumLet) keep_longer(best, WordAutomaton(cursor).run());
  if (first.has(CharClass::kComplexContext)) keep_longer(best, match_complex_context(cursor));
  if (first.has(CharClass::kHan)) keep_longer(best, match_single(cursor, TokenType::kIdeographic));
  if (first.has(CharClass::kHiragana)) keep_longer(best, match_single(cursor, TokenType::kHiragana));
  return best;
}

}  // namespace selene::index
