#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::inference {

/// `text` with every `${name}` replaced by what `lookup` gives for it. What is put in is not looked at again.
/// Errors: kStatusBadRequest `Found placeholder [${x}] in field [request] after replacement call, ...` for a name it does not know.
base::Result<std::string> replace_placeholders(std::string_view text, std::string_view field,
                                               const std::function<std::optional<std::string>(std::string_view name)>& lookup);

/// Calls `visit` for every value that a JSON path finds, in text order. Paths: `$`, `.name`, `[*]`, `[0]`.
/// Errors: kIllegalArgument for another path; kStatusBadRequest where the document has no such member.
base::Status visit_path(base::JsonValue root, std::string_view path, const std::function<base::Status(base::JsonValue)>& visit);
/// Whether `visit_path` understands the path.
base::Status check_path(std::string_view path);

}  // namespace selene::inference
