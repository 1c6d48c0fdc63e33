#pragma once

#include <filesystem>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::models {

/// Reads a small JSON file of a model folder (config.json and its like, at most 4 MiB). Errors: kResourceNotFound for a missing
/// file; kIllegalArgument naming the file if it is too large or no JSON.
base::Result<base::JsonDocument> read_json_file(const std::filesystem::path& file);

/// The same for a file that must hold an object.
base::Result<base::JsonDocument> read_json_object(const std::filesystem::path& file);

}  // namespace selene::models
