#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selene::index {

enum class TokenType : uint8_t {
  kAlphanum,
  kNum,
  kIdeographic,
  kHiragana,
  kKatakana,
  kHangul,
  kSoutheastAsian,
  kEmoji,
  kWord,
  kShingle,
  kSynonym,
  kUrl,
  kEmail,
  kSingle,  ///< an ideograph by itself, where others are pairs
  kDouble   ///< two neighbouring ideographs, syllables or kana
};

/// "<ALPHANUM>", "<NUM>", ..., "word": as `_analyze` prints them (Lucene's StandardTokenizer.TOKEN_TYPES).
std::string_view token_type_name(TokenType type);

/// Tokens of one value. The terms' bytes stand one after another in one buffer, so a reused TokenBuffer allocates nothing.
/// One thread.
class TokenBuffer {
 public:
  struct Token {
    uint32_t term_begin;    ///< into the shared bytes
    uint32_t term_length;   ///< bytes
    uint32_t position;      ///< absolute in this value, from 0; gaps where stop words stood
    uint32_t start_offset;  ///< UTF-16 code units of the original text (Lucene's OffsetAttribute), [start, end)
    uint32_t end_offset;
    TokenType type;
    bool keyword = false;          ///< stemmers leave it alone (keyword_marker)
    uint16_t position_length = 1;  ///< positions a shingle or a synonym spans
  };
  void clear() {
    bytes_.clear();
    tokens_.clear();
    num_positions_ = 0;
    text_end_ = 0;
  }
  void add(std::string_view term, uint32_t position, uint32_t start_offset, uint32_t end_offset, TokenType type) {
    tokens_.push_back(
        {static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(term.size()), position, start_offset, end_offset, type});
    bytes_.append(term);
  }
  std::string_view term(const Token& token) const { return {bytes_.data() + token.term_begin, token.term_length}; }
  const std::vector<Token>& tokens() const { return tokens_; }
  /// Positions the value takes up, those of removed tokens at its end too: the next value of an array starts at
  /// this + position_increment_gap.
  uint32_t num_positions() const { return num_positions_; }

  /// For tokenizers and filters only.
  std::vector<Token>& mutable_tokens() { return tokens_; }
  std::string& mutable_bytes() { return bytes_; }
  char* mutable_term(const Token& token) { return bytes_.data() + token.term_begin; }
  void set_num_positions(uint32_t num_positions) { num_positions_ = num_positions; }
  /// Where the text ends, in UTF-16 code units: set for filters that ask for it (TokenFilter::reads_text_end), else 0.
  uint32_t text_end() const { return text_end_; }
  void set_text_end(uint32_t offset) { text_end_ = offset; }
  /// REQUIRES: `term` does not point into this buffer, unless it is no longer than the old term.
  void replace_term(Token& token, std::string_view term);

 private:
  std::string bytes_;
  std::vector<Token> tokens_;
  uint32_t num_positions_ = 0;
  uint32_t text_end_ = 0;
};

/// Char filters, one tokenizer, token filters: text to terms. Immutable, thread-safe.
/// Source: Lucene's Analyzer; term texts, positions and offsets equal Lucene's for the same chain.
class Analyzer {
 public:
  virtual ~Analyzer() = default;
  virtual std::string_view name() const = 0;
  /// Replaces the content of `tokens`. `text`: UTF-8 (invalid bytes read as U+FFFD).
  virtual void analyze(std::string_view text, TokenBuffer& tokens) const = 0;
  /// The text as one token, through those parts of the chain that work character by character: for wildcards and prefixes.
  virtual void normalize(std::string_view text, TokenBuffer& tokens) const {
    tokens.clear();
    tokens.add(text, 0, 0, 0, TokenType::kWord);
    tokens.set_num_positions(1);
  }
};

}  // namespace selene::index
