#pragma once

#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::base {

enum class JsonType : uint8_t { kNull, kBool, kInt64, kUint64, kDouble, kString, kArray, kObject };

class JsonArray;
class JsonObject;

/// A view of one value inside a `JsonDocument`; two words, copied freely, valid as long as the document.
/// Walks the parser's tape (layout: simdjson, doc/tape.md) without including the parser's header.
/// A default-constructed value reads as null and `exists()` is false. Thread-safe (immutable).
class JsonValue {
 public:
  JsonValue() = default;
  JsonValue(const uint64_t* tape, const uint8_t* strings, uint32_t index) : tape_(tape), strings_(strings), index_(index) {}

  bool exists() const { return tape_ != nullptr; }
  JsonType type() const {
    if (tape_ == nullptr) return JsonType::kNull;
    switch (tag()) {
      case '{': return JsonType::kObject;
      case '[': return JsonType::kArray;
      case '"': return JsonType::kString;
      case 'l': return JsonType::kInt64;
      case 'u': return JsonType::kUint64;
      case 'd': return JsonType::kDouble;
      case 't':
      case 'f': return JsonType::kBool;
      default: return JsonType::kNull;
    }
  }
  bool is_null() const { return type() == JsonType::kNull; }
  bool is_bool() const { return type() == JsonType::kBool; }
  bool is_string() const { return tape_ != nullptr && tag() == '"'; }
  bool is_array() const { return tape_ != nullptr && tag() == '['; }
  bool is_object() const { return tape_ != nullptr && tag() == '{'; }
  bool is_integer() const { return type() == JsonType::kInt64 || type() == JsonType::kUint64; }
  bool is_number() const { return is_integer() || type() == JsonType::kDouble; }

  /// Each getter REQUIRES the type it names; `as_double` takes any number, `as_int64` needs kInt64.
  bool as_bool() const { return tag() == 't'; }
  int64_t as_int64() const { return static_cast<int64_t>(tape_[index_ + 1]); }
  uint64_t as_uint64() const { return tape_[index_ + 1]; }
  double as_double() const {
    switch (tag()) {
      case 'l': return static_cast<double>(as_int64());
      case 'u': return static_cast<double>(as_uint64());
      default: {
        double value;
        std::memcpy(&value, &tape_[index_ + 1], sizeof value);
        return value;
      }
    }
  }
  /// UTF-8, unescaped; valid as long as the document.
  std::string_view as_string() const {
    const uint8_t* begin = strings_ + payload();
    uint32_t length;
    std::memcpy(&length, begin, sizeof length);
    return {reinterpret_cast<const char*>(begin) + sizeof length, length};
  }
  JsonArray as_array() const;
  JsonObject as_object() const;

  /// The member `key` of an object (first one, if it stands twice); a missing value (`!exists()`) if there is none or
  /// this is no object.
  JsonValue operator[](std::string_view key) const;

  /// The first word behind this value on the tape, and its own.
  uint32_t end_index() const {
    switch (tag()) {
      case '{':
      case '[': return static_cast<uint32_t>(payload());  // low 32 bits: one past the closing bracket
      case 'l':
      case 'u':
      case 'd': return index_ + 2;
      default: return index_ + 1;
    }
  }
  uint32_t index() const { return index_; }

 private:
  char tag() const { return static_cast<char>(tape_[index_] >> 56); }
  uint64_t payload() const {
    const uint64_t all = tape_[index_] & 0x00FFFFFFFFFFFFFFULL;
    const char t = tag();
    return t == '{' || t == '[' ? all & 0xFFFFFFFFULL : all;
  }

  const uint64_t* tape_ = nullptr;
  const uint8_t* strings_ = nullptr;
  uint32_t index_ = 0;
  friend class JsonArray;
  friend class JsonObject;
};

/// for (JsonValue v : value.as_array())
class JsonArray {
 public:
  class Iterator {
   public:
    using value_type = JsonValue;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(JsonValue value) : value_(value) {}
    JsonValue operator*() const { return value_; }
    Iterator& operator++() {
      value_ = JsonValue(value_.tape_, value_.strings_, value_.end_index());
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const { return value_.index() == other.value_.index(); }

   private:
    JsonValue value_;
    friend class JsonArray;
  };
  explicit JsonArray(JsonValue array) : array_(array) {}
  Iterator begin() const { return Iterator({array_.tape_, array_.strings_, array_.index_ + 1}); }
  Iterator end() const { return Iterator({array_.tape_, array_.strings_, array_.end_index() - 1}); }
  bool empty() const { return begin() == end(); }
  /// Linear in the number of elements.
  size_t size() const {
    size_t n = 0;
    for (auto it = begin(); it != end(); ++it) ++n;
    return n;
  }

 private:
  JsonValue array_;
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

/// for (auto [key, value] : value.as_object()), in text order.
class JsonObject {
 public:
  class Iterator {
   public:
    using value_type = JsonMember;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(JsonValue key) : key_(key) {}
    JsonMember operator*() const { return {key_.as_string(), {key_.tape_, key_.strings_, key_.index_ + 1}}; }
    Iterator& operator++() {
      const JsonValue value(key_.tape_, key_.strings_, key_.index_ + 1);
      key_ = JsonValue(key_.tape_, key_.strings_, value.end_index());
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(const Iterator& other) const { return key_.index() == other.key_.index(); }

   private:
    JsonValue key_;
  };
  explicit JsonObject(JsonValue object) : object_(object) {}
  Iterator begin() const { return Iterator({object_.tape_, object_.strings_, object_.index_ + 1}); }
  Iterator end() const { return Iterator({object_.tape_, object_.strings_, object_.end_index() - 1}); }
  bool empty() const { return begin() == end(); }
  size_t size() const {
    size_t n = 0;
    for (auto it = begin(); it != end(); ++it) ++n;
    return n;
  }

 private:
  JsonValue object_;
};

inline JsonArray JsonValue::as_array() const { return JsonArray(*this); }
inline JsonObject JsonValue::as_object() const { return JsonObject(*this); }

/// Line and column, both from 1; the column counts UTF-8 bytes.
struct JsonPosition {
  int32_t line = 1;
  int32_t column = 1;
};

/// A parsed JSON text: UTF-8 checked, nesting at most `max_depth`. Owns tape and strings; keeps a view of `text`
/// for `position_of` and `text_of`, so the text must outlive those calls. Movable. Immutable after parse.
class JsonDocument {
 public:
  static constexpr size_t kMaxDepth = 1000;

  JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  /// Parses one JSON value with nothing but blanks behind it. A byte order mark in front is skipped; an escape of an
  /// unpaired surrogate reads as U+FFFD (as Lucene encodes it). Errors: kXContentParse with `line` and `col` metadata and
  /// a reason that starts with `[line:col]`: empty text, bad syntax, bad UTF-8, too deep, a number out of range, a
  /// key that stands twice in one object (`Duplicate field 'x'`).
  static Result<JsonDocument> parse(std::string_view text, size_t max_depth = kMaxDepth);
  /// The same into this document, reusing its buffers: nothing is allocated for a text no larger than an earlier one (one
  /// document per thread for bulk lines). On an error the document is left empty.
  Status reparse(std::string_view text, size_t max_depth = kMaxDepth);

  /// The root; a missing value before the first parse.
  JsonValue root() const;
  /// Where the value starts in the text. Linear in the text's length: for error messages only.
  JsonPosition position_of(JsonValue value) const;
  /// The value's own bytes in the text. Linear: for error previews and for sub-documents kept as they came.
  std::string_view text_of(JsonValue value) const;

 private:
  struct Parser;  // simdjson, in json_document.cpp only
  std::unique_ptr<Parser> parser_;
  std::string_view text_;
};

}  // namespace selene::base
