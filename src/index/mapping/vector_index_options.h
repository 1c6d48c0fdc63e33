#pragma once

#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/vector_options.h"

namespace selene::index {

/// `index_options` of a dense_vector field called `name`; `json` becomes their canonical form. Errors: kMapperParsing,
/// kIllegalArgument.
base::Result<VectorIndexOptions> parse_vector_index_options(std::string_view name, base::JsonValue value, std::string& json);
/// What holds where none are given. REQUIRES: dims > 0.
VectorIndexOptions default_vector_index_options(ElementType element_type, int32_t dims, std::string& json);
/// Whether the type suits the field. Errors: kIllegalArgument.
base::Status check_vector_index_options(const VectorIndexOptions& options, ElementType element_type, int32_t dims);
/// Whether a mapping update may go from one canonical form to another: to fewer bits, to a graph, to more neighbours (`m`), but
/// never back.
bool may_change_vector_index_options(std::string_view from, std::string_view to);

}  // namespace selene::index
