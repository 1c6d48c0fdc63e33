#include "rest/handlers/security/security_handlers.h"

#include <algorithm>

#include "base/base64.h"
#include "rest/handlers/security/api_key_body.h"
#include "rest/handlers/support.h"
#include "rest/security/security.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kApiKeyRealm = "_es_api_key";

void write_api_key(base::JsonWriter& out, const ApiKey& key) {
  out.begin_object().field("id", key.id).field("name", key.name).field("type", "rest").field("creation", key.creation_ms);
  if (key.expiration_ms) out.field("expiration", *key.expiration_ms);
  out.field("invalidated", key.invalidation_ms.has_value());
  if (key.invalidation_ms) out.field("invalidation", *key.invalidation_ms);
  out.field("username", key.username).field("realm", kReservedRealm).field("realm_type", kReservedRealm);
  out.key("metadata").raw(key.metadata).key("role_descriptors").raw(key.role_descriptors).end_object();
}

void write_realm(base::JsonWriter& out, std::string_view key, std::string_view realm) {
  out.key(key).begin_object().field("name", realm).field("type", realm).end_object();
}

void write_ids(base::JsonWriter& out, std::string_view key, const std::vector<std::string>& ids) {
  out.key(key).begin_array();
  for (const std::string& id : ids) out.value(id);
  out.end_array();
}

std::optional<std::string> text_param(const RestRequest& request, std::string_view name) {
  const auto value = request.param(name);
  return value && !value->empty() ? std::optional<std::string>(*value) : std::nullopt;
}

base::Result<ApiKeyFilter> filter_of(const RestRequest& request) {
  ApiKeyFilter filter;
  if (const auto id = text_param(request, "id")) filter.ids = std::vector{*id};
  filter.name = text_param(request, "name");
  filter.username = text_param(request, "username");
  filter.realm_name = text_param(request, "realm_name");
  ASSIGN_OR_RETURN(const bool owner, request.bool_param("owner", false));
  if (owner) filter.username = request.authentication()->username;
  for (const std::string_view name : {"with_limited_by", "with_profile_uid"}) RETURN_IF_ERROR(request.bool_param(name, false));
  return filter;
}

}  // namespace

base::Result<RestResponse> authenticate(const Services& /*services*/, const RestRequest& request) {
  const Authentication& who = *request.authentication();
  const bool by_key = who.type == Authentication::Type::kApiKey;
  base::JsonWriter out;
  out.begin_object().field("username", who.username).key("roles").begin_array();
  if (!by_key) out.value("superuser");
  out.end_array().key("full_name").null().key("email").null();
  out.key("metadata").begin_object();
  if (!by_key) out.field("_reserved", true);
  out.end_object().field("enabled", true);
  for (const std::string_view realm : {"authentication_realm", "lookup_realm"})
    write_realm(out, realm, by_key ? kApiKeyRealm : kReservedRealm);
  out.field("authentication_type", by_key ? "api_key" : "realm");
  if (by_key) out.key("api_key").begin_object().field("id", who.api_key_id).field("name", who.api_key_name).end_object();
  return json_response(out.end_object().take());
}

base::Result<RestResponse> create_api_key(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(refresh_policy(request));
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(NewApiKey wanted, parse_new_api_key(body.root()));
  if (request.authentication()->type == Authentication::Type::kApiKey) {
    return Error(ErrorCode::kIllegalArgument,
                 std::string("creating derived api keys requires an explicit role descriptor that is empty (has no privileges)"));
  }
  wanted.key.username = request.authentication()->username;
  ASSIGN_OR_RETURN(const auto created, services.security->api_keys().create(std::move(wanted.key), wanted.lifetime_ms));
  base::JsonWriter out;
  out.begin_object().field("id", created.key.id).field("name", created.key.name);
  if (created.key.expiration_ms) out.field("expiration", *created.key.expiration_ms);
  out.field("api_key", created.secret).field("encoded", base::base64_encode(created.key.id + ":" + created.secret)).end_object();
  return json_response(out.take());
}

base::Result<RestResponse> get_api_keys(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const ApiKeyFilter filter, filter_of(request));
  ASSIGN_OR_RETURN(const bool active_only, request.bool_param("active_only", false));
  std::vector<ApiKey> keys = services.security->api_keys().find(filter);
  if (active_only) std::erase_if(keys, [now = base::wall_clock_ms()](const ApiKey& key) { return !key.is_active(now); });
  base::JsonWriter out;
  out.begin_object().key("api_keys").begin_array();
  for (const ApiKey& key : keys) write_api_key(out, key);
  out.end_array().end_object();
  return json_response(out.take(), keys.empty() && filter.ids ? 404 : 200);
}

base::Result<RestResponse> invalidate_api_keys(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const ApiKeyFilter filter, parse_invalidation(body.root(), request.authentication()->username));
  ASSIGN_OR_RETURN(const auto result, services.security->api_keys().invalidate(filter));
  base::JsonWriter out;
  out.begin_object();
  write_ids(out, "invalidated_api_keys", result.now);
  write_ids(out, "previously_invalidated_api_keys", result.before);
  return json_response(out.field("error_count", 0).end_object().take());
}

}  // namespace selene::rest
