#include "ingest/scripts/script_tokens.h"

#include <array>

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using Kind = ScriptToken::Kind;

constexpr std::string_view kDigits = "0123456789";

// Longer ones first.
constexpr std::array<std::string_view, 38> kOperators = {
    "===", "!==", "&&", "||", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=", "++", "--", "?.", "?:", "(", ")",
    "{",   "}",   "[",  "]",  ".",  ",",  ";",  ":",  "?",  "=",  "<",  ">",  "+",  "-",  "*",  "/",  "%",  "!", "\\"};

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source) : source_(source) {}

  base::Result<std::vector<ScriptToken>> run() {
    std::vector<ScriptToken> tokens;
    while (true) {
      RETURN_IF_ERROR(skip_blanks());
      if (at_ == source_.size()) break;
      ASSIGN_OR_RETURN(ScriptToken token, next());
      tokens.push_back(std::move(token));
    }
    tokens.push_back({Kind::kEnd, "end of script", at_});
    return tokens;
  }

 private:
  base::Status skip_blanks() {
    while (at_ < source_.size()) {
      const std::string_view rest = source_.substr(at_);
      if (std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos) {
        ++at_;
      } else if (rest.starts_with("//")) {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (rest.starts_with("/*")) {
        const size_t end = source_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return Error(ErrorCode::kIllegalArgument, "a comment is not closed");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return {};
  }

  base::Result<ScriptToken> next() {
    const char c = source_[at_];
    if (starts_name(c)) return name();
    if (is_digit(c)) return number();
    if (c == '\'' || c == '"') return text(c);
    for (const std::string_view op : kOperators) {
      if (!source_.substr(at_).starts_with(op)) continue;
      const size_t offset = at_;
      at_ += op.size();
      return ScriptToken{Kind::kOperator, std::string(op), offset};
    }
    return Error(ErrorCode::kIllegalArgument, "unexpected character [{}].", source_.substr(at_, 1));
  }

  ScriptToken name() {
    const size_t begin = at_;
    while (at_ < source_.size() && (starts_name(source_[at_]) || is_digit(source_[at_]))) ++at_;
    return {Kind::kName, std::string(source_.substr(begin, at_ - begin)), begin};
  }

  ScriptToken number() {
    const size_t begin = at_;
    Kind kind = Kind::kInteger;
    at_ = std::min(source_.find_first_not_of(kDigits, at_), source_.size());
    if (at_ + 1 < source_.size() && source_[at_] == '.' && is_digit(source_[at_ + 1])) {
      kind = Kind::kDouble;
      at_ = std::min(source_.find_first_not_of(kDigits, at_ + 1), source_.size());
    }
    if (at_ < source_.size() && (source_[at_] == 'e' || source_[at_] == 'E')) {
      const size_t sign = at_ + 1 < source_.size() && (source_[at_ + 1] == '-' || source_[at_ + 1] == '+') ? 1 : 0;
      if (at_ + 1 + sign < source_.size() && is_digit(source_[at_ + 1 + sign])) {
        kind = Kind::kDouble;
        at_ = std::min(source_.find_first_not_of(kDigits, at_ + 1 + sign), source_.size());
      }
    }
    ScriptToken token{kind, std::string(source_.substr(begin, at_ - begin)), begin};
    constexpr std::string_view kSuffixes = "LlDdFf";  // long, double, float
    if (at_ < source_.size() && kSuffixes.find(source_[at_]) != std::string_view::npos) {
      if (kSuffixes.find(source_[at_]) >= 2) token.kind = Kind::kDouble;
      ++at_;
    }
    return token;
  }

  base::Result<ScriptToken> text(char quote) {
    ScriptToken token{Kind::kString, {}, at_};
    for (++at_; at_ < source_.size(); ++at_) {
      char c = source_[at_];
      if (c == quote) {
        ++at_;
        return token;
      }
      if (c == '\\') {
        if (++at_ == source_.size()) break;
        c = source_[at_];
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
        if (c == 'r') c = '\r';
      }
      token.text.push_back(c);
    }
    return Error(ErrorCode::kIllegalArgument, "a string is not closed");
  }

  std::string_view source_;
  size_t at_ = 0;
};

}  // namespace

base::Result<std::vector<ScriptToken>> tokenize_script(std::string_view source) { return Tokenizer(source).run(); }

}  // namespace selene::ingest
