#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"

namespace selene::index {

/// Values of mapping parameters as Elasticsearch reads them.
base::Result<bool> boolean_setting(base::JsonValue value);     ///< true, false, "true", "false"
base::Result<Dynamic> dynamic_setting(base::JsonValue value);  ///< also "strict"
base::Result<int32_t> integer_setting(base::JsonValue value);  ///< a whole number, also as a string
base::Result<double> double_setting(base::JsonValue value);
base::Result<std::vector<std::string>> text_list(base::JsonValue value);  ///< one text or an array of them
std::string_view dynamic_name(Dynamic dynamic);

/// Java's toString of a parsed value: {a=1, b=[x, y]}; strings bare.
std::string java_text(base::JsonValue value);

}  // namespace selene::index
