#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_tree.h"
#include "base/result.h"

namespace selene::ingest {

/// `a op b` of two values. Integers are 64-bit and wrap; a division of integers is one of integers; `+` with a string joins texts.
/// Errors: kIllegalArgument (`Cannot apply [*] operation to types ...`, `/ by zero`).
base::Result<base::JsonTree> apply_operator(std::string_view op, const base::JsonTree& a, const base::JsonTree& b);

/// `value.method(arguments)`: methods of Java's String, List and Map. `value` may be changed (`add`, `remove`, `put`, ...). Errors:
/// kIllegalArgument (`dynamic method [java.lang.String, foo/0] not found`, index out of bounds).
base::Result<base::JsonTree> call_method(base::JsonTree& value, std::string_view method,
                                         const std::vector<base::JsonTree>& arguments);

/// As Java joins it to a string: `1`, `1.5`, `[1, 2]`, `{a=1}`, `null`.
std::string java_text(const base::JsonTree& value);

}  // namespace selene::ingest
