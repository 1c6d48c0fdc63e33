#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::search {

/// What `_field_caps` is asked.
struct FieldCapabilitiesRequest {
  std::vector<std::string> fields;  ///< names and patterns
  std::vector<std::string> types;   ///< only these; empty: all
  bool include_unmapped = false;    ///< indices without a field that others have are listed as `unmapped`
  bool include_metadata = true;
  bool include_parents = true;  ///< objects around the fields
  bool include_multi_fields = true;
  base::JsonValue index_filter;  ///< indices in which nothing can match it are left out; a missing value: none
};

/// The whole answer. Errors: kActionRequestValidation (no fields), those of parse_query.
base::Result<std::string> field_capabilities(const std::vector<std::shared_ptr<index::Index>>& indices,
                                             const FieldCapabilitiesRequest& request, const base::JsonDocument* body);

}  // namespace selene::search
