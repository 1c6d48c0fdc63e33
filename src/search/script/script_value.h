#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/json/json_document.h"

namespace selene::search {

/// What an expression gives: nothing, a whole number (int and long alike), a double, a boolean, a text, or a list or map of
/// `params`.
using ScriptValue = std::variant<std::monostate, int64_t, double, bool, std::string, base::JsonValue>;

inline bool is_number(const ScriptValue& value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<double>(value);
}
/// REQUIRES: is_number(value).
inline double to_double(const ScriptValue& value) {
  return std::holds_alternative<int64_t>(value) ? static_cast<double>(std::get<int64_t>(value)) : std::get<double>(value);
}

}  // namespace selene::search
