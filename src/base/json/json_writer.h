#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/json/json_document.h"

namespace selene::base {

/// Writes JSON into a string: compact, keys in call order, commas set by itself. Numbers as Elasticsearch prints them:
/// integers plain; float and double shortest-round-trip in Java's form (1.0, 0.001, 1.0E-4, 1.2345678E7); NaN and
/// infinities as strings "NaN", "Infinity", "-Infinity". Strings are escaped; invalid UTF-8 becomes U+FFFD.
/// One thread.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& null();
  JsonWriter& value(bool v);
  JsonWriter& value(float v);
  JsonWriter& value(double v);
  JsonWriter& value(std::string_view v);
  JsonWriter& value(const char* v) { return value(std::string_view(v)); }
  JsonWriter& value(const std::string& v) { return value(std::string_view(v)); }
  template <class Int>
  requires(std::is_integral_v<Int> && !std::is_same_v<Int, bool>) JsonWriter& value(Int v) {
    if constexpr (std::is_signed_v<Int>) return integer(static_cast<int64_t>(v));
    return unsigned_integer(static_cast<uint64_t>(v));
  }
  /// Copies a parsed value (re-encoded).
  JsonWriter& value(JsonValue v);
  /// Appends bytes that are JSON already (a stored `_source`).
  JsonWriter& raw(std::string_view json);

  /// key(name) and value(v) in one.
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  JsonWriter& integer(int64_t v);
  JsonWriter& unsigned_integer(uint64_t v);

  std::string out_;
  bool need_comma_ = false;
};

/// The number texts of JsonWriter, for messages and keys.
std::string format_number(double v);
std::string format_number(float v);
/// `text` with JSON escapes, with quotes around it.
std::string quote(std::string_view text);
/// The same JSON with two-space indentation in Elasticsearch's `?pretty` layout (`"key" : value`), ending in a newline.
/// REQUIRES: valid JSON.
std::string pretty_json(std::string_view json);

}  // namespace selene::base
