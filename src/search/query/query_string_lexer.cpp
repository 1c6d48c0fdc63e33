#include "search/query/query_string_lexer.h"

#include "base/unicode.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using Kind = QueryStringToken::Kind;

constexpr std::string_view kBlanks = " \t\n\r";
constexpr std::string_view kEndsTerm = " \t\n\r:^()[]{}\"~/";
constexpr std::string_view kNoTermStart = "+-!():^[]\"{}~*?\\/<>=";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  base::Result<std::vector<QueryStringToken>> run() {
    for (skip_blanks(); pos_ < text_.size(); skip_blanks()) RETURN_IF_ERROR(one());
    tokens_.push_back({Kind::kEnd, "<EOF>", text_.size()});
    return std::move(tokens_);
  }

 private:
  void skip_blanks() {
    for (; pos_ < text_.size(); ++pos_) {
      if (text_.substr(pos_).starts_with("\u3000")) {
        pos_ += 2;  // the ideographic space is three bytes
      } else if (!is_blank(text_[pos_])) {
        return;
      }
    }
  }
  void add(Kind kind, std::string text, size_t length) {
    tokens_.push_back({kind, std::move(text), pos_});
    pos_ += length;
  }
  Error unexpected(size_t at) const {
    return Error(ErrorCode::kParse, "Lexical error at line 1, column {}.  Encountered: {} after : \"{}\"", at + 1,
                 at < text_.size() ? base::format("\"{}\"", text_.substr(at, 1)) : std::string("<EOF>"),
                 text_.substr(pos_, at - pos_));
  }

  base::Status one() {
    const std::string_view rest = text_.substr(pos_);
    const char c = rest.front();
    if (rest.starts_with("&&")) return add(Kind::kAnd, "&&", 2), base::Status();
    if (rest.starts_with("||")) return add(Kind::kOr, "||", 2), base::Status();
    if (rest.starts_with(">=") || rest.starts_with("<="))
      return add(Kind::kCompare, std::string(rest.substr(0, 2)), 2), base::Status();
    switch (c) {
      case '+': return add(Kind::kPlus, "+", 1), base::Status();
      case '-': return add(Kind::kMinus, "-", 1), base::Status();
      case '!': return add(Kind::kNot, "!", 1), base::Status();
      case '(': return add(Kind::kOpen, "(", 1), base::Status();
      case ')': return add(Kind::kClose, ")", 1), base::Status();
      case ':': return add(Kind::kColon, ":", 1), base::Status();
      case '>':
      case '<': return add(Kind::kCompare, std::string(1, c), 1), base::Status();
      case '^': return number(Kind::kBoost);
      case '~': return number(Kind::kFuzzy);
      case '"': return quoted();
      case '/': return regexp();
      case '[':
      case '{': return range();
      default: return term();
    }
  }

  base::Status number(Kind kind) {
    size_t end = pos_ + 1;
    while (end < text_.size() && ((text_[end] >= '0' && text_[end] <= '9') || text_[end] == '.')) ++end;
    add(kind, std::string(text_.substr(pos_ + 1, end - pos_ - 1)), end - pos_);
    return {};
  }

  base::Status quoted() {
    size_t end = pos_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) return unexpected(text_.size());
    add(Kind::kQuoted, std::string(text_.substr(pos_ + 1, end - pos_ - 1)), end + 1 - pos_);
    return {};
  }

  base::Status regexp() {
    std::string pattern;
    size_t end = pos_ + 1;
    for (; end < text_.size() && text_[end] != '/'; ++end) {
      if (text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] == '/') ++end;
      pattern += text_[end];
    }
    if (end >= text_.size()) return unexpected(text_.size());
    add(Kind::kRegexp, std::move(pattern), end + 1 - pos_);
    return {};
  }

  base::Status range() {
    size_t end = pos_ + 1;
    bool inside_quotes = false;
    for (; end < text_.size() && (inside_quotes || (text_[end] != ']' && text_[end] != '}')); ++end) {
      if (text_[end] == '\\')
        ++end;
      else if (text_[end] == '"')
        inside_quotes = !inside_quotes;
    }
    if (end >= text_.size()) return unexpected(text_.size());
    add(Kind::kRange, std::string(text_.substr(pos_, end + 1 - pos_)), end + 1 - pos_);
    return {};
  }

  base::Status term() {
    size_t end = pos_;
    bool wild = false;
    size_t num_wild = 0;
    while (end < text_.size()) {
      const char c = text_[end];
      if (c == '\\') {
        if (end + 1 >= text_.size()) return unexpected(text_.size());
        ++end;
        do ++end;
        while (end < text_.size() && (static_cast<uint8_t>(text_[end]) & 0xC0) == 0x80);
        continue;
      }
      if (kEndsTerm.find(c) != std::string_view::npos || text_.substr(end).starts_with("\u3000")) break;
      if (end == pos_ && c != '*' && c != '?' && kNoTermStart.find(c) != std::string_view::npos) break;
      if (c == '*' || c == '?') {
        wild = true;
        ++num_wild;
      }
      if (c == '!' && end == pos_) break;
      ++end;
    }
    if (end == pos_) return unexpected(pos_);
    std::string text(text_.substr(pos_, end - pos_));
    const size_t length = text.size();
    if (text == "*") return add(Kind::kStar, "*", 1), base::Status();
    if (!wild && text == "AND") return add(Kind::kAnd, text, length), base::Status();
    if (!wild && text == "OR") return add(Kind::kOr, text, length), base::Status();
    if (!wild && text == "NOT") return add(Kind::kNot, text, length), base::Status();
    const bool prefix = num_wild == 1 && text.back() == '*' && length > 1;
    add(prefix ? Kind::kPrefix : wild ? Kind::kWildcard : Kind::kTerm, std::move(text), length);
    return {};
  }

  std::string_view text_;
  size_t pos_ = 0;
  std::vector<QueryStringToken> tokens_;
};

}  // namespace

base::Result<std::vector<QueryStringToken>> read_query_string_tokens(std::string_view text) { return Lexer(text).run(); }

std::string unescape_query_string(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    uint32_t unit = 0;
    bool hex = text[i] == 'u' && i + 4 < text.size();
    for (size_t k = 1; hex && k <= 4; ++k) {
      const char h = text[i + k];
      const char lower = static_cast<char>(h | 0x20);
      hex = (h >= '0' && h <= '9') || (lower >= 'a' && lower <= 'f');
      unit = unit * 16 + static_cast<uint32_t>(h <= '9' ? h - '0' : lower - 'a' + 10);
    }
    if (hex) {
      base::append_utf8(out, unit >= 0xD800 && unit < 0xE000 ? U'\uFFFD' : static_cast<char32_t>(unit));
      i += 4;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace selene::search
