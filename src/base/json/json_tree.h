#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"

namespace selene::base {

/// A JSON value that can be changed: what scripts and ingest processors work on. Members keep their order; a key stands once.
/// A plain value; pointers into it hold until their parent changes. Thread-compatible.
class JsonTree {
 public:
  struct Member;
  using Array = std::vector<JsonTree>;
  using Object = std::vector<Member>;

  JsonTree();                    ///< null
  JsonTree(bool v);              // NOLINT(google-explicit-constructor)
  JsonTree(int64_t v);           // NOLINT(google-explicit-constructor)
  JsonTree(double v);            // NOLINT(google-explicit-constructor)
  JsonTree(std::string v);       // NOLINT(google-explicit-constructor)
  JsonTree(std::string_view v);  // NOLINT(google-explicit-constructor)
  JsonTree(const char* v);       // NOLINT(google-explicit-constructor)
  static JsonTree array();
  static JsonTree object();
  /// A copy; a missing value gives null.
  static JsonTree from(JsonValue value);
  JsonTree(const JsonTree&);
  JsonTree(JsonTree&&) noexcept;
  JsonTree& operator=(const JsonTree&);
  JsonTree& operator=(JsonTree&&) noexcept;
  ~JsonTree();

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<int64_t>(value_) || std::holds_alternative<uint64_t>(value_); }
  bool is_double() const { return std::holds_alternative<double>(value_); }
  bool is_number() const { return is_integer() || is_double(); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  /// Each getter REQUIRES the type it names; as_double takes any number, as_int64 an integer (one above 2^63 wraps).
  bool as_bool() const { return *std::get_if<bool>(&value_); }
  int64_t as_int64() const;
  double as_double() const;
  const std::string& as_string() const { return *std::get_if<std::string>(&value_); }
  Array& as_array() { return *std::get_if<Array>(&value_); }
  const Array& as_array() const { return *std::get_if<Array>(&value_); }
  Object& as_object() { return *std::get_if<Object>(&value_); }
  const Object& as_object() const { return *std::get_if<Object>(&value_); }

  /// The member of an object; null if there is none or this is no object.
  JsonTree* find(std::string_view key);
  const JsonTree* find(std::string_view key) const;
  /// Replaces or appends. REQUIRES: an object.
  JsonTree& set(std::string_view key, JsonTree value);
  /// True if there was such a member. REQUIRES: an object.
  bool remove(std::string_view key);

  /// Equal values; the order of members does not count, 1 and 1.0 differ.
  bool operator==(const JsonTree& other) const;
  void write(JsonWriter& out) const;
  std::string to_json() const;

 private:
  explicit JsonTree(Array v);
  explicit JsonTree(uint64_t v);

  std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, Array, Object> value_;
};

struct JsonTree::Member {
  std::string key;
  JsonTree value;
};

// Here, where Member is complete: what destroys the variant needs it.
inline JsonTree::JsonTree() = default;
inline JsonTree::JsonTree(bool v) : value_(v) {}
inline JsonTree::JsonTree(int64_t v) : value_(v) {}
inline JsonTree::JsonTree(double v) : value_(v) {}
inline JsonTree::JsonTree(std::string v) : value_(std::move(v)) {}
inline JsonTree::JsonTree(std::string_view v) : value_(std::string(v)) {}
inline JsonTree::JsonTree(const char* v) : value_(std::string(v)) {}
inline JsonTree::JsonTree(Array v) : value_(std::move(v)) {}
inline JsonTree::JsonTree(uint64_t v) : value_(v) {}
inline JsonTree JsonTree::array() { return JsonTree(Array()); }

}  // namespace selene::base
