#include "search/script/script_operations.h"

#include <cmath>

#include "base/json/json_writer.h"
#include "base/unicode.h"
#include "index/catalog/index_settings.h"
#include "index/mapping/calendar.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

ScriptValue script_value_of(JsonValue json) {
  if (json.is_string()) return std::string(json.as_string());
  if (json.is_bool()) return json.as_bool();
  if (json.type() == base::JsonType::kDouble || json.type() == base::JsonType::kUint64) return json.as_double();
  if (json.is_number()) return json.as_int64();
  if (json.is_array() || json.is_object()) return json;
  return std::monostate{};
}

std::string_view script_type_name(const ScriptValue& value) {
  constexpr std::string_view kNames[] = {"null", "long", "double", "boolean", "String", "def"};
  return kNames[value.index()];
}

Result<double> script_number(const ScriptValue& value) {
  if (is_number(value)) return to_double(value);
  return Error(ErrorCode::kIllegalArgument, "Cannot cast [{}] to [double].", script_type_name(value));
}

Result<bool> script_boolean(const ScriptValue& value) {
  if (std::holds_alternative<bool>(value)) return std::get<bool>(value);
  return Error(ErrorCode::kIllegalArgument, "Cannot cast [{}] to [boolean].", script_type_name(value));
}

std::string script_text(const ScriptValue& value) {
  switch (value.index()) {
    case 1: return std::to_string(std::get<int64_t>(value));
    case 2: return base::format_number(std::get<double>(value));
    case 3: return std::get<bool>(value) ? "true" : "false";
    case 4: return std::get<std::string>(value);
    default: return "null";
  }
}

bool script_equals(const ScriptValue& a, const ScriptValue& b) {
  if (is_number(a) && is_number(b)) {
    if (a.index() == 1 && b.index() == 1) return std::get<int64_t>(a) == std::get<int64_t>(b);
    return to_double(a) == to_double(b);
  }
  if (a.index() != b.index() || a.index() == 5) return false;
  return a.index() == 0 || script_text(a) == script_text(b);
}

Result<int64_t> whole_arithmetic(char op, int64_t a, int64_t b) {
  const auto ua = static_cast<uint64_t>(a);
  const auto ub = static_cast<uint64_t>(b);
  if (op == '+') return static_cast<int64_t>(ua + ub);
  if (op == '-') return static_cast<int64_t>(ua - ub);
  if (op == '*') return static_cast<int64_t>(ua * ub);
  if (b == 0) return Error(ErrorCode::kIllegalArgument, "/ by zero");
  if (b == -1) return op == '/' ? static_cast<int64_t>(0 - ua) : 0;
  return op == '/' ? a / b : a % b;
}

Result<ScriptValue> script_arithmetic(char op, const ScriptValue& a, const ScriptValue& b) {
  if (op == '+' && (a.index() == 4 || b.index() == 4)) return ScriptValue(script_text(a) + script_text(b));
  if (!is_number(a) || !is_number(b)) {
    return Error(ErrorCode::kIllegalArgument, "Cannot apply [{}] operation to types [{}] and [{}].", std::string_view(&op, 1),
                 script_type_name(a), script_type_name(b));
  }
  if (a.index() == 1 && b.index() == 1) {
    ASSIGN_OR_RETURN(const int64_t whole, whole_arithmetic(op, std::get<int64_t>(a), std::get<int64_t>(b)));
    return ScriptValue(whole);
  }
  const double x = to_double(a);
  const double y = to_double(b);
  return ScriptValue(op == '+' ? x + y : op == '-' ? x - y : op == '*' ? x * y : op == '/' ? x / y : std::fmod(x, y));
}

Result<ScriptValue> script_compare(std::string_view op, const ScriptValue& a, const ScriptValue& b) {
  ASSIGN_OR_RETURN(const double x, script_number(a));
  ASSIGN_OR_RETURN(const double y, script_number(b));
  return ScriptValue(op == "<" ? x < y : op == "<=" ? x <= y : op == ">" ? x > y : x >= y);
}

Result<ScriptValue> call_on_text(const std::string& text, std::string_view method, const std::vector<ScriptValue>& arguments) {
  const bool one_text = arguments.size() == 1 && arguments.front().index() == 4;
  const std::string argument = one_text ? std::get<std::string>(arguments.front()) : std::string();
  if (method == "length" && arguments.empty()) return ScriptValue(static_cast<int64_t>(base::utf16_length(text)));
  if (method == "isEmpty" && arguments.empty()) return ScriptValue(text.empty());
  if (method == "toString" && arguments.empty()) return ScriptValue(text);
  if (method == "equals" && arguments.size() == 1) return ScriptValue(one_text && text == argument);
  if (method == "contains" && one_text) return ScriptValue(text.find(argument) != std::string::npos);
  if (method == "startsWith" && one_text) return ScriptValue(text.starts_with(argument));
  if (method == "endsWith" && one_text) return ScriptValue(text.ends_with(argument));
  if (method == "indexOf" && one_text) {
    const size_t at = text.find(argument);
    return ScriptValue(at == std::string::npos ? int64_t{-1}
                                               : static_cast<int64_t>(base::utf16_length(std::string_view(text).substr(0, at))));
  }
  return Error(ErrorCode::kIllegalArgument, "dynamic method [java.lang.String, {}/{}] not found", method, arguments.size());
}

Result<ScriptValue> date_part(int64_t ms, std::string_view name) {
  const int64_t days = index::floor_div(ms, index::kMsPerDay);
  const int64_t time = index::floor_mod(ms, index::kMsPerDay);
  const index::CivilDate date = index::civil_from_days(days);
  if (name == "millis" || name == "getMillis" || name == "toEpochMilli") return ScriptValue(ms);
  if (name == "toInstant" || name == "date") return ScriptValue(ms);
  if (name == "year" || name == "getYear") return ScriptValue(date.year);
  if (name == "monthValue" || name == "getMonthValue") return ScriptValue(int64_t{date.month});
  if (name == "dayOfMonth" || name == "getDayOfMonth") return ScriptValue(int64_t{date.day});
  if (name == "dayOfWeek" || name == "getDayOfWeek") return ScriptValue(int64_t{index::iso_weekday(days)});
  if (name == "hour" || name == "getHour") return ScriptValue(time / index::kMsPerHour);
  if (name == "minute" || name == "getMinute") return ScriptValue(time / index::kMsPerMinute % 60);
  if (name == "second" || name == "getSecond") return ScriptValue(time / index::kMsPerSecond % 60);
  return Error(ErrorCode::kIllegalArgument, "dynamic getter [java.lang.Long, {}] not found", name);
}

Result<double> script_duration_ms(const ScriptValue& value) {
  if (is_number(value)) return to_double(value);
  const auto parsed = value.index() == 4 ? index::parse_time_ms(std::get<std::string>(value)) : std::nullopt;
  if (parsed) return static_cast<double>(*parsed);
  return Error(ErrorCode::kIllegalArgument, "failed to parse a time value from [{}]", script_text(value));
}

}  // namespace selene::search
