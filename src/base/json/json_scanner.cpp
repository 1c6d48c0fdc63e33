#include "base/json/json_scanner.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/format.h"
#include "base/unicode.h"

namespace selene::base {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool ends_scalar(char c) { return is_blank(c) || c == ',' || c == ':' || c == ']' || c == '}' || c == '[' || c == '{' || c == '"'; }

/// One past the closing quote; text.size() if there is none.
size_t string_end(std::string_view text, size_t quote) {
  size_t i = quote + 1;
  while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

size_t scalar_end(std::string_view text, size_t begin) {
  size_t i = begin;
  while (i < text.size() && !ends_scalar(text[i])) ++i;
  return i;
}

bool is_number_start(char c) { return c == '-' || (c >= '0' && c <= '9'); }

/// RFC 8259 number grammar.
bool is_number(std::string_view s) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < s.size() && s[i] >= '0' && s[i] <= '9') ++i;
    return i - begin;
  };
  if (i < s.size() && s[i] == '-') ++i;
  const size_t begin = i;
  const size_t whole = digits();
  if (whole == 0 || (whole > 1 && s[begin] == '0')) return false;
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == s.size();
}

/// Integers fit 64 bits, other numbers a double (too small ones read as 0). REQUIRES: is_number(s).
bool is_out_of_range(std::string_view s) {
  if (s.find_first_of(".eE") != std::string_view::npos) return std::isinf(std::strtod(std::string(s).c_str(), nullptr));
  int64_t negative = 0;
  uint64_t positive = 0;
  const std::errc code = s[0] == '-' ? std::from_chars(s.data(), s.data() + s.size(), negative).ec
                                     : std::from_chars(s.data(), s.data() + s.size(), positive).ec;
  return code == std::errc::result_out_of_range;
}

/// Finds the first fault by walking the grammar with an explicit stack.
class FaultFinder {
 public:
  FaultFinder(std::string_view text, size_t max_depth) : text_(text), max_depth_(max_depth) {}

  JsonFault find() {
    skip_blanks();
    if (at_end()) return {at_, "Unexpected end-of-input: expected a JSON value"};
    if (!value()) return fault_;
    while (!stack_.empty()) {
      if (!step()) return fault_;
    }
    skip_blanks();
    if (!at_end()) return {at_, "Unexpected character after the end of the JSON value: " + show()};
    return fault_.reason.empty() ? JsonFault{text_.size(), "malformed JSON"} : fault_;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  void skip_blanks() {
    while (!at_end() && is_blank(text_[at_])) ++at_;
  }
  bool fail(std::string reason) {
    fault_ = {at_, std::move(reason)};
    return false;
  }
  std::string show() const {
    const auto code = static_cast<unsigned>(static_cast<unsigned char>(text_[at_]));
    return code >= 0x20 && code < 0x7F ? base::format("Unexpected character ('{}' (code {}))", text_[at_], code)
                                       : base::format("Unexpected character (code {})", code);
  }
  bool end_fault() {
    return fail(base::format("Unexpected end-of-input: expected close marker for {}", stack_.empty()         ? "VALUE"
                                                                                      : stack_.back() == '{' ? "OBJECT"
                                                                                                             : "ARRAY"));
  }

  /// One member or element of the innermost container, or its end.
  bool step() {
    const char open = stack_.back();
    const char close = open == '{' ? '}' : ']';
    skip_blanks();
    if (at_end()) return end_fault();
    if (text_[at_] == close && !after_comma_) {
      ++at_;
      stack_.pop_back();
      first_ = false;
      return true;
    }
    if (!first_ && !after_comma_) {
      if (text_[at_] != ',')
        return fail(base::format("{}: was expecting comma to separate {} entries", show(), open == '{' ? "Object" : "Array"));
      ++at_;
      after_comma_ = true;
      return true;
    }
    if (open == '{' && !key()) return false;
    first_ = after_comma_ = false;
    return value();
  }
  bool key() {
    if (text_[at_] != '"') return fail(show() + ": was expecting double-quote to start field name");
    if (!string()) return false;
    skip_blanks();
    if (at_end()) return end_fault();
    if (text_[at_] != ':') return fail(show() + ": was expecting a colon to separate field name and value");
    ++at_;
    skip_blanks();
    return at_end() ? end_fault() : true;
  }
  bool value() {
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      if (stack_.size() >= max_depth_)
        return fail(base::format("Document nesting depth ({}) exceeds the maximum allowed ({})", stack_.size() + 1, max_depth_));
      stack_.push_back(c);
      ++at_;
      first_ = true;
      after_comma_ = false;
      return true;
    }
    if (c == '"') return string();
    return scalar();
  }
  bool scalar() {
    const size_t end = scalar_end(text_, at_);
    const std::string_view token = text_.substr(at_, end - at_);
    if (token.empty())
      return fail(show() + ": expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    if (token == "true" || token == "false" || token == "null") {
      at_ = end;
      return true;
    }
    if (is_number_start(token[0])) {
      if (!is_number(token)) return fail(base::format("Invalid numeric value: {}", token.substr(0, 64)));
      // A number the grammar allows is a fault only if it is out of range; go on and remember the first such place.
      if (fault_.reason.empty() && is_out_of_range(token))
        fault_ = {at_, base::format("Numeric value ({}) out of range", token.substr(0, 64))};
      at_ = end;
      return true;
    }
    return fail(base::format(
        "Unrecognized token '{}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
        token.substr(0, 64)));
  }
  bool string() {
    const size_t begin = at_++;
    while (!at_end() && text_[at_] != '"') {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20)
        return fail(base::format(
            "Illegal unquoted character ((CTRL-CHAR, code {})): has to be escaped using backslash to be included in string value",
            c));
      if (c == '\\') {
        ++at_;
        if (at_end()) break;
        if (std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string_view::npos)
          return fail(base::format("Unrecognized character escape '{}' (code {})", text_[at_],
                                   static_cast<unsigned>(static_cast<unsigned char>(text_[at_]))));
        if (text_[at_] == 'u' && !hex4()) return fail("Unexpected character in a \\u escape: expected four hexadecimal digits");
        ++at_;
        continue;
      }
      const size_t length = utf8_sequence_length(text_, at_);
      if (length == 0) return fail(base::format("Invalid UTF-8 byte 0x{:x}", c));
      at_ += length;
    }
    if (at_end()) {
      at_ = begin;
      return fail("Unexpected end-of-input: was expecting closing quote for a string value");
    }
    ++at_;
    return true;
  }
  bool hex4() {
    for (int i = 0; i < 4; ++i) {
      if (++at_ >= text_.size() || std::isxdigit(static_cast<unsigned char>(text_[at_])) == 0) return false;
    }
    return true;
  }

  std::string_view text_;
  size_t max_depth_;
  size_t at_ = 0;
  std::vector<char> stack_;
  bool first_ = true;
  bool after_comma_ = false;
  JsonFault fault_;
};

}  // namespace

JsonFault find_json_fault(std::string_view text, size_t max_depth) {
  FaultFinder finder(text, max_depth);
  return finder.find();
}

size_t locate_json_value(std::string_view text, uint32_t tape_index) {
  uint32_t index = 1;
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (is_blank(c) || c == ',' || c == ':') {
      ++i;
      continue;
    }
    if (index >= tape_index) return i;
    if (c == '"') {
      i = string_end(text, i);
      ++index;
    } else if (c == '{' || c == '[' || c == '}' || c == ']') {
      ++i;
      ++index;
    } else {
      index += is_number_start(c) ? 2 : 1;
      i = std::max(scalar_end(text, i), i + 1);
    }
  }
  return text.size();
}

size_t json_value_end(std::string_view text, size_t offset) {
  size_t depth = 0;
  size_t i = offset;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"') {
      i = string_end(text, i);
    } else if (c == '{' || c == '[') {
      ++depth;
      ++i;
      continue;
    } else if (c == '}' || c == ']') {
      --depth;
      ++i;
    } else if (is_blank(c) || c == ',' || c == ':') {
      ++i;
      continue;
    } else {
      i = std::max(scalar_end(text, i), i + 1);
    }
    if (depth == 0) return i;
  }
  return text.size();
}

}  // namespace selene::base
