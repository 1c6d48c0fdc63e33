#include <algorithm>

#include "rest/cluster_settings.h"
#include "rest/handlers/indices/default_settings.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/indices/index_json.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

std::string full_name(const std::string& name) { return name.starts_with("index.") ? name : "index." + name; }

/// Of `settings`, those that the index has not been given yet, as flat JSON.
std::string without_present(const index::Index& index, base::JsonValue settings) {
  base::JsonWriter out;
  out.begin_object();
  for (const auto& [name, value] : flatten_settings(settings)) {
    if (value && !index.settings.flat.contains(full_name(name))) out.field(full_name(name), *value);
  }
  return out.end_object().take();
}

}  // namespace

base::Result<RestResponse> get_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool flat, request.bool_param("flat_settings", false));
  ASSIGN_OR_RETURN(const bool defaults, request.bool_param("include_defaults", false));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  const SettingsForm form = flat ? SettingsForm::kFlat : SettingsForm::kNested;
  base::JsonWriter out;
  out.begin_object();
  for (const auto& index : indices) {
    const std::string settings = index_settings_json(*index, form, request.path_param("name"));
    if (settings == "{}" && !request.path_param("name").empty() && !defaults) continue;
    out.key(index->name).begin_object().key("settings").raw(settings);
    if (defaults) out.key("defaults").raw(default_settings_json(*index, form, request.path_param("name")));
    out.end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> put_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return base::Error(base::ErrorCode::kParsing, "the body must be an object of settings");
  ASSIGN_OR_RETURN(const bool preserve, request.bool_param("preserve_existing", false));
  const base::JsonValue wrapped = body.root()["settings"];
  const base::JsonValue settings = wrapped.is_object() ? wrapped : body.root();
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  const auto changes = flatten_settings(settings);
  const bool only_blocks = std::all_of(changes.begin(), changes.end(), [](const auto& change) {
    return full_name(change.first).starts_with("index.blocks.");  // so that a block can be taken away
  });
  if (!only_blocks) RETURN_IF_ERROR(check_blocks(indices, index::BlockLevel::kMetadataWrite));
  for (const auto& index : indices) {
    if (!preserve) {
      RETURN_IF_ERROR(services.catalog.put_settings(index->name, settings));
      continue;
    }
    const std::string rest = without_present(*index, settings);
    ASSIGN_OR_RETURN(const base::JsonDocument fresh, base::JsonDocument::parse(rest));
    if (rest != "{}") RETURN_IF_ERROR(services.catalog.put_settings(index->name, fresh.root()));
  }
  return acknowledged();
}

}  // namespace selene::rest
