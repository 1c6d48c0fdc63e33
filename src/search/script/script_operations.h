#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/script/script_value.h"

namespace selene::search {

// What Painless does with values. Errors: kIllegalArgument in its words.

ScriptValue script_value_of(base::JsonValue json);
/// As messages name it: `long`, `String`, `def`, ...
std::string_view script_type_name(const ScriptValue& value);
base::Result<double> script_number(const ScriptValue& value);
base::Result<bool> script_boolean(const ScriptValue& value);
std::string script_text(const ScriptValue& value);
bool script_equals(const ScriptValue& a, const ScriptValue& b);
/// `op`: one of + - * / %. Whole numbers wrap around as Java's do.
base::Result<int64_t> whole_arithmetic(char op, int64_t a, int64_t b);
/// The same of any two numbers, and + of texts.
base::Result<ScriptValue> script_arithmetic(char op, const ScriptValue& a, const ScriptValue& b);
/// `op`: one of < <= > >=.
base::Result<ScriptValue> script_compare(std::string_view op, const ScriptValue& a, const ScriptValue& b);
/// A method of String; lengths and places count UTF-16 units.
base::Result<ScriptValue> call_on_text(const std::string& text, std::string_view method, const std::vector<ScriptValue>& arguments);
/// A part of a date, given as milliseconds since the epoch.
base::Result<ScriptValue> date_part(int64_t ms, std::string_view name);
/// "10d" or milliseconds.
base::Result<double> script_duration_ms(const ScriptValue& value);

}  // namespace selene::search
