#pragma once

#include <string_view>

#include "base/result.h"

namespace selene::index {

/// Errors: kInvalidIndexName `Invalid index name [X], must be lowercase`, ... with index and index_uuid "_na_".
/// Source: Elasticsearch, MetadataCreateIndexService.validateIndexOrAliasName.
base::Status check_index_name(std::string_view name);
/// Errors: kInvalidAliasName `Invalid alias name [X]: ...`. Upper case is allowed.
base::Status check_alias_name(std::string_view name);
base::Error invalid_index_name(std::string_view name, std::string_view why);
base::Error invalid_alias_name(std::string_view name, std::string_view why);
/// kIndexNotFound `no such index [x]` with resource.type, resource.id, index_uuid, index.
base::Error no_such_index(std::string_view name);

}  // namespace selene::index
