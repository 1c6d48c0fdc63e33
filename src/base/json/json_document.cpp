#include "base/json/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/json/json_scanner.h"

namespace selene::base {

struct JsonDocument::Parser {
  simdjson::dom::parser dom;
  bool parsed = false;
  JsonValue root() const { return {dom.doc.tape.get(), dom.doc.string_buf.get(), 1}; }
};

namespace {

JsonPosition position_at(std::string_view text, size_t offset) {
  JsonPosition position;
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

Error parse_error(std::string_view text, size_t offset, std::string_view reason) {
  const JsonPosition at = position_at(text, offset);
  return Error(ErrorCode::kXContentParse, "[{}:{}] {}", at.line, at.column, reason)
      .with_number("line", at.line)
      .with_number("col", at.column);
}

/// The tape index of a key that stands twice in `object`; 0 if all differ.
uint32_t find_duplicate_key(JsonValue object) {
  constexpr size_t kFewKeys = 12;
  std::array<std::string_view, kFewKeys> few;
  std::unordered_set<std::string_view> many;
  size_t count = 0;
  for (const auto [key, value] : object.as_object()) {
    bool fresh = true;
    if (count < kFewKeys) {
      fresh = std::find(few.begin(), few.begin() + static_cast<std::ptrdiff_t>(count), key) ==
              few.begin() + static_cast<std::ptrdiff_t>(count);
      few[count] = key;
    } else {
      if (count == kFewKeys) many.insert(few.begin(), few.end());
      fresh = many.insert(key).second;
    }
    if (!fresh) return value.index() - 1;
    ++count;
  }
  return 0;
}

/// The same over the whole tape, outermost objects first.
uint32_t find_duplicate_key(const uint64_t* tape, const uint8_t* strings, uint32_t end) {
  for (uint32_t i = 1; i < end;) {
    const JsonValue value(tape, strings, i);
    switch (value.type()) {
      case JsonType::kObject:
        if (const uint32_t key = find_duplicate_key(value); key != 0) return key;
        ++i;
        break;
      case JsonType::kArray: ++i; break;
      default: i = value.end_index(); break;
    }
  }
  return 0;
}

}  // namespace

JsonDocument::JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view text, size_t max_depth) {
  JsonDocument document;
  RETURN_IF_ERROR(document.reparse(text, max_depth));
  return document;
}

Status JsonDocument::reparse(std::string_view text, size_t max_depth) {
  if (parser_ == nullptr) parser_ = std::make_unique<Parser>();
  parser_->parsed = false;
  text_ = text;
  simdjson::dom::parser& dom = parser_->dom;
  if (dom.max_depth() != max_depth || dom.capacity() < text.size()) {
    // Room for a little more than asked, so that bulk lines of growing length do not allocate each time.
    const size_t capacity = std::max({text.size() + text.size() / 2, dom.capacity(), size_t{4096}});
    if (dom.allocate(capacity, max_depth) != simdjson::SUCCESS)
      return Error(ErrorCode::kCircuitBreaking, "cannot allocate memory for a JSON text of {} bytes", text.size());
  }
  const simdjson::error_code code = dom.parse(text.data(), text.size(), true).error();
  if (code != simdjson::SUCCESS) {
    const JsonFault fault = find_json_fault(text, max_depth);
    return parse_error(text, fault.offset, fault.reason);
  }
  const uint64_t* tape = dom.doc.tape.get();
  const uint8_t* strings = dom.doc.string_buf.get();
  // The root word holds the index of the closing root word.
  const auto end = static_cast<uint32_t>(tape[0] & 0xFFFFFFFFU);
  if (const uint32_t key = find_duplicate_key(tape, strings, end - 1); key != 0) {
    return parse_error(text, locate_json_value(text, key),
                       base::format("Duplicate field '{}'", JsonValue(tape, strings, key).as_string()));
  }
  parser_->parsed = true;
  return {};
}

JsonValue JsonDocument::root() const { return parser_ != nullptr && parser_->parsed ? parser_->root() : JsonValue(); }

JsonPosition JsonDocument::position_of(JsonValue value) const {
  return position_at(text_, value.exists() ? locate_json_value(text_, value.index()) : 0);
}

std::string_view JsonDocument::text_of(JsonValue value) const {
  if (!value.exists()) return {};
  const size_t begin = locate_json_value(text_, value.index());
  return text_.substr(begin, json_value_end(text_, begin) - begin);
}

JsonValue JsonValue::operator[](std::string_view key) const {
  if (!is_object()) return {};
  for (const auto [name, value] : as_object()) {
    if (name == key) return value;
  }
  return {};
}

}  // namespace selene::base
