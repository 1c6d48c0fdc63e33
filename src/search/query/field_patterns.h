#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/query/query.h"

namespace selene::search {

/// One field of a multi-field query.
struct BoostedField {
  std::string name;
  float boost = 1;
  bool from_pattern = false;  ///< found by a wildcard: values that do not fit its type match nothing instead of failing
};

/// "title^3" -> title, 3. Errors: kIllegalArgument.
base::Result<BoostedField> parse_boosted_field(std::string_view text);
/// Wildcards replaced by the fields of the mapping; a name without wildcards stays, mapped or not. `fields` empty:
/// index.query.default_field.
base::Result<std::vector<BoostedField>> resolve_fields(const BindContext& context, const std::vector<std::string>& fields);

}  // namespace selene::search
