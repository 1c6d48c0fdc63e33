#pragma once

#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::search {

/// One entry of `fields` or `docvalue_fields`.
struct FieldRequest {
  std::string pattern;
  std::string format;  ///< of dates; empty: the mapping's
  bool include_unmapped = false;
};

/// Strings or {field, format, include_unmapped}. `key`: the body key, for errors (kParsing, kXContentParse).
base::Result<std::vector<FieldRequest>> parse_field_requests(const base::JsonDocument* document, std::string_view key,
                                                             base::JsonValue value);

}  // namespace selene::search
