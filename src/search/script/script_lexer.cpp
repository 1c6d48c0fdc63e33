#include "search/script/script_lexer.h"

#include <array>
#include <charconv>

#include "base/format.h"

namespace selene::search {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view source, std::vector<ScriptToken>& tokens, ScriptSyntaxError& error)
      : source_(source), tokens_(tokens), error_(error) {}

  bool run() {
    while (skip_blanks() && pos_ < source_.size()) {
      if (!one()) return false;
    }
    if (!error_.reason.empty()) return false;
    tokens_.push_back({ScriptToken::Kind::kEnd, "<EOF>", source_.size(), 0, 0});
    return true;
  }

 private:
  bool fail(std::string reason, size_t offset) {
    error_ = {std::move(reason), offset};
    return false;
  }

  bool skip_blanks() {
    while (pos_ < source_.size()) {
      if (is_blank(source_[pos_])) {
        ++pos_;
      } else if (source_.substr(pos_, 2) == "//") {
        pos_ = std::min(source_.find('\n', pos_), source_.size());
      } else if (source_.substr(pos_, 2) == "/*") {
        const size_t end = source_.find("*/", pos_ + 2);
        if (end == std::string_view::npos) return fail("unterminated comment", pos_);
        pos_ = end + 2;
      } else {
        return true;
      }
    }
    return true;
  }

  bool one() {
    const char c = source_[pos_];
    if (is_name_start(c)) return name();
    if (is_digit(c) || (c == '.' && pos_ + 1 < source_.size() && is_digit(source_[pos_ + 1]))) return number();
    if (c == '\'' || c == '"') return text(c);
    constexpr std::array<std::string_view, 13> kLong = {"===", "!==", "==", "!=", "<=", ">=", "&&",
                                                        "||",  "?:",  "?.", "+=", "-=", "*="};
    for (const std::string_view symbol : kLong) {
      if (source_.substr(pos_, symbol.size()) == symbol) return symbol_of(symbol.size());
    }
    if (std::string_view("+-*/%<>!?:=.,;()[]{}").find(c) != std::string_view::npos) return symbol_of(1);
    return fail(base::format("unexpected character [{}].", std::string_view(&source_[pos_], 1)), pos_);
  }

  bool symbol_of(size_t length) {
    tokens_.push_back({ScriptToken::Kind::kSymbol, std::string(source_.substr(pos_, length)), pos_, 0, 0});
    pos_ += length;
    return true;
  }

  bool name() {
    const size_t begin = pos_;
    while (pos_ < source_.size() && (is_name_start(source_[pos_]) || is_digit(source_[pos_]))) ++pos_;
    tokens_.push_back({ScriptToken::Kind::kName, std::string(source_.substr(begin, pos_ - begin)), begin, 0, 0});
    return true;
  }

  bool number() {
    const size_t begin = pos_;
    bool real = false;
    while (pos_ < source_.size()) {
      const char c = source_[pos_];
      const bool sign = (c == '+' || c == '-') && pos_ > begin && (source_[pos_ - 1] | 0x20) == 'e';
      if (!is_digit(c) && c != '.' && (c | 0x20) != 'e' && !sign) break;
      real = real || !is_digit(c);
      ++pos_;
    }
    const std::string_view digits = source_.substr(begin, pos_ - begin);
    ScriptToken token{real ? ScriptToken::Kind::kDouble : ScriptToken::Kind::kInteger, std::string(digits), begin, 0, 0};
    const char suffix = pos_ < source_.size() ? static_cast<char>(source_[pos_] | 0x20) : '\0';
    if (suffix == 'd' || suffix == 'f') token.kind = ScriptToken::Kind::kDouble;
    if (suffix == 'd' || suffix == 'f' || (suffix == 'l' && !real)) ++pos_;
    const char* const end = digits.data() + digits.size();
    const auto [stop, code] = token.kind == ScriptToken::Kind::kInteger ? std::from_chars(digits.data(), end, token.integer)
                                                                        : std::from_chars(digits.data(), end, token.real);
    if (code != std::errc() || stop != end) return fail(base::format("Invalid number [{}].", digits), begin);
    tokens_.push_back(std::move(token));
    return true;
  }

  bool text(char quote) {
    const size_t begin = pos_;
    std::string value;
    for (++pos_; pos_ < source_.size() && source_[pos_] != quote; ++pos_) {
      if (source_[pos_] != '\\') {
        value += source_[pos_];
        continue;
      }
      if (++pos_ >= source_.size() || (source_[pos_] != '\\' && source_[pos_] != quote))
        return fail("The only valid escape sequences in strings are [\\\\] and the quote itself.", begin);
      value += source_[pos_];
    }
    if (pos_ >= source_.size()) return fail(base::format("unexpected token [{}] was expecting a closing quote.", quote), begin);
    ++pos_;
    tokens_.push_back({ScriptToken::Kind::kText, std::move(value), begin, 0, 0});
    return true;
  }

  std::string_view source_;
  std::vector<ScriptToken>& tokens_;
  ScriptSyntaxError& error_;
  size_t pos_ = 0;
};

}  // namespace

bool read_script_tokens(std::string_view source, std::vector<ScriptToken>& tokens, ScriptSyntaxError& error) {
  return Lexer(source, tokens, error).run();
}

}  // namespace selene::search
