#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/indices/index_json.h"
#include "rest/handlers/support.h"

namespace selene::rest {

base::Result<RestResponse> get_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool flat, request.bool_param("flat_settings", false));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  base::JsonWriter out;
  out.begin_object();
  for (const auto& index : indices) {
    const std::string settings =
        index_settings_json(*index, flat ? SettingsForm::kFlat : SettingsForm::kNested, request.path_param("name"));
    if (settings == "{}" && !request.path_param("name").empty()) continue;
    out.key(index->name).begin_object().key("settings").raw(settings).end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> put_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return base::Error(base::ErrorCode::kParsing, "the body must be an object of settings");
  const base::JsonValue wrapped = body.root()["settings"];
  const base::JsonValue settings = wrapped.is_object() ? wrapped : body.root();
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  for (const auto& index : indices) RETURN_IF_ERROR(services.catalog.put_settings(index->name, settings));
  return acknowledged();
}

}  // namespace selene::rest
