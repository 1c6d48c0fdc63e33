#pragma once

#include <span>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::search {

/// What Elasticsearch's object parsers say of one member of an object called `object` (knn, rrf, ...): kXContentParse with `line`
/// and `col`. `document` may be null: then no place is named.

/// `[1:9] [rrf] unknown field [foo]`, perhaps ` did you mean [x]?`. The place is that of the key.
base::Error unknown_field_error(const base::JsonDocument* document, std::string_view object, base::JsonMember member,
                                std::span<const std::string_view> known);
/// `[1:14] [knn] k doesn't support values of type: START_OBJECT`.
base::Error unsupported_value_error(const base::JsonDocument* document, std::string_view object, base::JsonMember member);
/// `[1:14] [knn] failed to parse field [k]`, caused by `cause`; of text that is no number by its number_format_exception alone.
base::Error failed_field_error(const base::JsonDocument* document, std::string_view object, base::JsonMember member,
                               base::Error cause);
/// `Failed to build [knn] after last required field arrived`, caused by `cause`.
base::Error failed_build_error(std::string_view object, base::Error cause);

}  // namespace selene::search
