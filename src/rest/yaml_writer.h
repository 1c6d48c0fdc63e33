#pragma once

#include <string>

#include "base/json/json_document.h"

namespace selene::rest {

/// The value as a YAML document (`---` first), block style, strings quoted: what `format=yaml` and `Accept: application/yaml` give.
std::string to_yaml(base::JsonValue value);

}  // namespace selene::rest
