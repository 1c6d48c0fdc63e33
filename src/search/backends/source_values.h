#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "index/mapping/mapping.h"

namespace selene::search {

/// Appends the values at `path` ("user.name") below `source`, in text order: objects and keys that contain dots are both followed,
/// arrays are flattened, nulls left out.
void collect_source_values(base::JsonValue source, std::string_view path, std::vector<base::JsonValue>& values);

/// The path in `_source` that feeds a field: its own name, or the parent's for a multi-field.
std::string source_path_of(const index::Mapping& mapping, const index::MappedField& field);

}  // namespace selene::search
