#include "base/json/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <tuple>
#include <vector>

#include "base/json/json_scanner.h"

namespace selene::base {

namespace {

/// A key and its place on the tape.
struct TapeKey {
  std::string_view key;
  uint32_t index;
};

}  // namespace

struct JsonDocument::Parser {
  simdjson::dom::parser dom;
  std::unique_ptr<char[]> text;  ///< the text, with the padding that the parser reads behind it
  size_t text_capacity = 0;
  size_t text_size = 0;
  std::vector<TapeKey> keys;
  bool parsed = false;

  JsonValue root() const { return {dom.doc.tape.get(), dom.doc.string_buf.get(), 1}; }
  std::string_view padded_text() const { return {text.get(), text_size}; }
  Status reserve(size_t size, size_t max_depth);
  void copy_text(std::string_view source);
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

/// The tape index of the first key that stands a second time in `object`; 0 if all differ. Allocates nothing once `keys` has
/// grown; sorts instead of hashing, so that chosen keys cannot make it slow.
uint32_t find_duplicate_key(JsonValue object, std::vector<TapeKey>& keys) {
  constexpr size_t kFewKeys = 16;
  keys.clear();
  for (const auto [key, value] : object.as_object()) keys.push_back({key, value.index() - 1});
  if (keys.size() <= kFewKeys) {
    for (size_t i = 1; i < keys.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (keys[i].key == keys[j].key) return keys[i].index;
      }
    }
    return 0;
  }
  std::sort(keys.begin(), keys.end(),
            [](const TapeKey& a, const TapeKey& b) { return std::tie(a.key, a.index) < std::tie(b.key, b.index); });
  uint32_t first = 0;
  for (size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].key == keys[i - 1].key && (first == 0 || keys[i].index < first)) first = keys[i].index;
  }
  return first;
}

/// The same over the whole tape, outermost objects first.
uint32_t find_duplicate_key(const uint64_t* tape, const uint8_t* strings, uint32_t end, std::vector<TapeKey>& keys) {
  for (uint32_t i = 1; i < end;) {
    const JsonValue value(tape, strings, i);
    switch (value.type()) {
      case JsonType::kObject:
        if (const uint32_t key = find_duplicate_key(value, keys); key != 0) return key;
        ++i;
        break;
      case JsonType::kArray: ++i; break;
      default: i = value.end_index(); break;
    }
  }
  return 0;
}

/// The code unit of an escape `\uXXXX` at text[i]; -1 if there is none.
int32_t escaped_unit(const char* text, size_t size, size_t i) {
  if (size - i < 6 || text[i] != '\\' || text[i + 1] != 'u') return -1;
  int32_t unit = 0;
  for (size_t k = i + 2; k < i + 6; ++k) {
    const char c = text[k];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// Rewrites each escape of an unpaired surrogate as \ufffd, in place: JSON allows them, UTF-8 does not.
void replace_unpaired_surrogates(char* text, size_t size) {
  const auto is_low = [](int32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; };
  size_t i = 0;
  while (i < size) {
    const void* found = std::memchr(text + i, '\\', size - i);
    if (found == nullptr) return;
    i = static_cast<size_t>(static_cast<const char*>(found) - text);
    const int32_t unit = escaped_unit(text, size, i);
    if (unit < 0xD800 || unit > 0xDFFF) {
      i += 2;
    } else if (!is_low(unit) && size - i >= 12 && is_low(escaped_unit(text, size, i + 6))) {
      i += 12;
    } else {
      std::memcpy(text + i + 2, "fffd", 4);
      i += 6;
    }
  }
}

}  // namespace

Status JsonDocument::Parser::reserve(size_t size, size_t max_depth) {
  constexpr size_t kKeptBytes = size_t{8} << 20;  // buffers of larger texts are given back
  const size_t capacity = std::max(size <= kKeptBytes ? size + size / 2 : size, size_t{4096});
  if (size > simdjson::SIMDJSON_MAXSIZE_BYTES)
    return Error(ErrorCode::kXContentParse, "[1:1] a JSON text of {} bytes is too long", size);
  const bool shrink = text_capacity > 2 * kKeptBytes && size <= kKeptBytes;
  bool ready = dom.capacity() >= size && dom.max_depth() == max_depth && !shrink;
  if (!ready) ready = dom.allocate(shrink ? capacity : std::max(capacity, dom.capacity()), max_depth) == simdjson::SUCCESS;
  if (ready && (dom.doc.capacity() < size || shrink)) ready = dom.doc.allocate(capacity) == simdjson::SUCCESS;
  if (ready && (text_capacity < size || text == nullptr || shrink)) {
    text.reset(new (std::nothrow) char[capacity + simdjson::SIMDJSON_PADDING]);
    text_capacity = text != nullptr ? capacity : 0;
    ready = text != nullptr;
  }
  if (ready) return {};
  return Error(ErrorCode::kCircuitBreaking, "cannot allocate memory for a JSON text of {} bytes", size);
}

void JsonDocument::Parser::copy_text(std::string_view source) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  text_size = source.size();
  if (!source.empty()) std::memcpy(text.get(), source.data(), source.size());
  std::memset(text.get() + source.size(), 0, simdjson::SIMDJSON_PADDING);
  if (source.starts_with(kByteOrderMark)) std::memset(text.get(), ' ', kByteOrderMark.size());
  replace_unpaired_surrogates(text.get(), source.size());
}

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
  RETURN_IF_ERROR(parser_->reserve(text.size(), max_depth));
  parser_->copy_text(text);
  simdjson::dom::parser& dom = parser_->dom;
  const std::string_view padded = parser_->padded_text();
  if (dom.parse(padded.data(), padded.size(), false).error() != simdjson::SUCCESS) {
    const JsonFault fault = find_json_fault(padded, max_depth);
    return parse_error(padded, fault.offset, fault.reason);
  }
  const uint64_t* tape = dom.doc.tape.get();
  const uint8_t* strings = dom.doc.string_buf.get();
  // The root word holds one past the index of the closing root word.
  const auto end = static_cast<uint32_t>(tape[0] & 0xFFFFFFFFU);
  if (const uint32_t key = find_duplicate_key(tape, strings, end - 1, parser_->keys); key != 0) {
    return parse_error(padded, locate_json_value(padded, key),
                       base::format("Duplicate field '{}'", JsonValue(tape, strings, key).as_string()));
  }
  parser_->parsed = true;
  return {};
}

JsonValue JsonDocument::root() const { return parser_ != nullptr && parser_->parsed ? parser_->root() : JsonValue(); }

JsonPosition JsonDocument::position_of(JsonValue value) const {
  return position_at(text_, value.exists() ? locate_json_value(parser_->padded_text(), value.index()) : 0);
}

std::string_view JsonDocument::text_of(JsonValue value) const {
  if (!value.exists()) return {};
  const size_t begin = locate_json_value(parser_->padded_text(), value.index());
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
