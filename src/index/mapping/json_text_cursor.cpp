#include "index/mapping/json_text_cursor.h"

namespace selene::index {
namespace {

bool separates(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == ',' || c == ':'; }
bool ends_scalar(char c) { return separates(c) || c == ']' || c == '}'; }

size_t string_end(std::string_view text, size_t pos) {
  for (++pos; pos < text.size() && text[pos] != '"'; ++pos) {
    if (text[pos] == '\\') ++pos;
  }
  return pos + 1;
}

size_t scalar_end(std::string_view text, size_t pos) {
  while (pos < text.size() && !ends_scalar(text[pos])) ++pos;
  return pos;
}

}  // namespace

void JsonTextCursor::restart() {
  const base::JsonValue root = json_.root();
  text_ = json_.text_of(root);
  pos_ = 0;
  index_ = root.index();
}

// The tape holds one entry a token in text order; numbers take two words.
std::string_view JsonTextCursor::text_of(base::JsonValue value) {
  if (text_.empty() || value.index() < index_) restart();
  while (pos_ < text_.size()) {
    while (pos_ < text_.size() && separates(text_[pos_])) ++pos_;
    if (pos_ >= text_.size()) break;
    if (index_ == value.index()) return text_.substr(pos_, scalar_end(text_, pos_) - pos_);
    const char c = text_[pos_];
    const bool number = c == '-' || (c >= '0' && c <= '9');
    if (c == '"') {
      pos_ = string_end(text_, pos_);
    } else if (c == '{' || c == '[' || c == '}' || c == ']') {
      ++pos_;
    } else {
      pos_ = scalar_end(text_, pos_);
    }
    index_ += number ? 2 : 1;
  }
  return {};
}

}  // namespace selene::index
