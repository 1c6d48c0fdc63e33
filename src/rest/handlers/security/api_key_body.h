#pragma once

#include <optional>

#include "base/json/json_document.h"
#include "rest/security/api_key_store.h"

namespace selene::rest {

/// The body of `PUT /_security/api_key`.
struct NewApiKey {
  ApiKey key;  ///< name, metadata, role_descriptors
  std::optional<int64_t> lifetime_ms;
};

/// Errors: kXContentParse (unknown field, wrong type), kActionRequestValidation (name, metadata), kIllegalArgument: `expiration`,
/// and `role_descriptors` that grant less than everything, since a key always has the rights of its owner here.
base::Result<NewApiKey> parse_new_api_key(base::JsonValue body);

/// The body of `DELETE /_security/api_key`: `ids`, `id` (of old), `name`, `username`, `realm_name`, `owner`.
/// `owner`: `caller`'s keys alone. Errors: kXContentParse, kActionRequestValidation (nothing named).
base::Result<ApiKeyFilter> parse_invalidation(base::JsonValue body, std::string_view caller);

}  // namespace selene::rest
