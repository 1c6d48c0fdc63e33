#pragma once

#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::index {

/// Whether a mapping may define a field of that name. Errors: kIllegalArgument, kMapperParsing.
base::Status check_property_name(std::string_view name);
/// The type that a definition gives, "object" where it does not say but has properties. Errors: kMapperParsing.
base::Result<std::string> property_type(std::string_view name, base::JsonValue definition);

}  // namespace selene::index
