#include "rest/handlers/security/api_key_body.h"

#include <algorithm>

#include "base/json/json_writer.h"
#include "base/time_value.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr size_t kMaxNameChars = 256;
constexpr std::string_view kCreate = "create_api_key_request";
constexpr std::string_view kInvalidate = "invalidate_api_key_request";

Error invalid(std::string_view problem) { return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: {};", problem); }

Error wrong_type(std::string_view parser, std::string_view field) {
  return Error(ErrorCode::kXContentParse, "[{}] failed to parse field [{}]", parser, field);
}

Error unknown_field(std::string_view parser, std::string_view field) {
  return Error(ErrorCode::kXContentParse, "[{}] unknown field [{}]", parser, field);
}

base::Status check_name(std::string_view name) {
  if (name.empty()) return invalid("api key name is required");
  if (std::count_if(name.begin(), name.end(), [](char c) { return (c & 0xC0) != 0x80; }) > static_cast<int64_t>(kMaxNameChars))
    return invalid("api key name may not be more than 256 characters long");
  if (name.front() == ' ' || name.back() == ' ') return invalid("api key name may not begin or end with whitespace");
  if (name.front() == '_') return invalid("api key name may not begin with an underscore");
  return {};
}

/// Whether a list of strings, or the one string, holds `wanted`.
bool holds(JsonValue list, std::string_view wanted) {
  if (list.is_string()) return list.as_string() == wanted;
  if (!list.is_array()) return false;
  for (const JsonValue item : list.as_array()) {
    if (item.is_string() && item.as_string() == wanted) return true;
  }
  return false;
}

bool grants_everything(JsonValue descriptor) {
  if (!holds(descriptor["cluster"], "all")) return false;
  const JsonValue indices = descriptor["indices"].exists() ? descriptor["indices"] : descriptor["index"];
  if (!indices.is_array()) return false;
  for (const JsonValue entry : indices.as_array()) {
    const bool narrowed = entry["query"].exists() || entry["field_security"].exists();
    if (!narrowed && holds(entry["names"], "*") && holds(entry["privileges"], "all")) return true;
  }
  return false;
}

/// Rights of several descriptors add up.
base::Status check_role_descriptors(JsonValue descriptors) {
  if (!descriptors.is_object()) return wrong_type(kCreate, "role_descriptors");
  bool any = false;
  for (const auto [name, descriptor] : descriptors.as_object()) {
    if (grants_everything(descriptor)) return {};
    any = true;
  }
  if (!any) return {};
  return Error(ErrorCode::kIllegalArgument,
               std::string("[role_descriptors] that grant less than all rights are not supported: an API key has the rights of its "
                           "owner. Leave them out, or grant [all] of the cluster and [all] of the indices [*]"));
}

base::Status check_metadata(JsonValue metadata) {
  if (!metadata.is_object()) return wrong_type(kCreate, "metadata");
  for (const auto [name, value] : metadata.as_object()) {
    if (name.starts_with('_')) return invalid("API key metadata keys may not start with [_]");
  }
  return {};
}

base::Status read_field(std::string_view field, JsonValue value, NewApiKey& out) {
  if (field == "name") {
    if (!value.is_string()) return wrong_type(kCreate, field);
    out.key.name = value.as_string();
  } else if (field == "expiration") {
    if (value.is_null()) return {};
    if (!value.is_string()) return wrong_type(kCreate, field);
    ASSIGN_OR_RETURN(const int64_t lifetime_ms, base::parse_time_value_ms(value.as_string(), field));
    if (lifetime_ms >= 0) out.lifetime_ms = std::min(lifetime_ms, int64_t{1} << 50);
  } else if (field == "role_descriptors") {
    if (value.is_null()) return {};
    RETURN_IF_ERROR(check_role_descriptors(value));
    out.key.role_descriptors = base::JsonWriter().value(value).take();
  } else if (field == "metadata") {
    if (value.is_null()) return {};
    RETURN_IF_ERROR(check_metadata(value));
    out.key.metadata = base::JsonWriter().value(value).take();
  } else {
    return unknown_field(kCreate, field);
  }
  return {};
}

base::Result<std::vector<std::string>> strings_of(std::string_view field, JsonValue value) {
  std::vector<std::string> out;
  if (value.is_string()) return std::vector{std::string(value.as_string())};
  if (!value.is_array()) return wrong_type(kInvalidate, field);
  for (const JsonValue item : value.as_array()) {
    if (!item.is_string()) return wrong_type(kInvalidate, field);
    out.emplace_back(item.as_string());
  }
  return out;
}

}  // namespace

base::Result<NewApiKey> parse_new_api_key(JsonValue body) {
  if (!body.is_object()) return Error(ErrorCode::kXContentParse, "[{}] Expected START_OBJECT", kCreate);
  NewApiKey out;
  for (const auto [field, value] : body.as_object()) RETURN_IF_ERROR(read_field(field, value, out));
  RETURN_IF_ERROR(check_name(out.key.name));
  return out;
}

base::Result<ApiKeyFilter> parse_invalidation(JsonValue body, std::string_view caller) {
  if (!body.is_object()) return Error(ErrorCode::kXContentParse, "[{}] Expected START_OBJECT", kInvalidate);
  ApiKeyFilter filter;
  bool named = false;
  for (const auto [field, value] : body.as_object()) {
    if (value.is_null()) continue;
    if (field == "owner") {
      if (!value.is_bool()) return wrong_type(kInvalidate, field);
      if (value.as_bool()) filter.username = caller;
      named = named || value.as_bool();
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> strings, strings_of(field, value));
    if (field == "ids" || field == "id") {
      filter.ids = strings;
    } else if (strings.size() != 1) {
      return wrong_type(kInvalidate, field);
    } else if (field == "name") {
      filter.name = strings[0];
    } else if (field == "username") {
      filter.username = strings[0];
    } else if (field == "realm_name") {
      filter.realm_name = strings[0];
    } else {
      return unknown_field(kInvalidate, field);
    }
    named = true;
  }
  if (!named)
    return invalid("One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is false");
  return filter;
}

}  // namespace selene::rest
