#include "rest/handlers/indices/index_handlers.h"

#include <algorithm>

#include "ingest/semantic/semantic_mappings.h"
#include "rest/handlers/indices/default_settings.h"
#include "rest/handlers/indices/index_json.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

base::Status check_body(base::JsonValue body) {
  if (!body.exists()) return {};
  if (!body.is_object())
    return Error(ErrorCode::kParsing, "the body of an index creation must be an object with [settings], [mappings] and [aliases]");
  for (const auto [key, value] : body.as_object()) {
    if (key != "settings" && key != "mappings" && key != "aliases") {
      return Error(ErrorCode::kParse, "unknown key [{}] for create index", key);
    }
    if (!value.is_object()) return Error(ErrorCode::kParse, "key [{}] must be an object", key);
  }
  return {};
}

}  // namespace

base::Result<RestResponse> create_index(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  RETURN_IF_ERROR(check_body(body.root()));
  RETURN_IF_ERROR(ingest::check_semantic_mappings(body.root()["mappings"]));
  ASSIGN_OR_RETURN(const index::ActiveShardCount wanted, active_shard_count(request));
  ASSIGN_OR_RETURN(const auto index, services.catalog.create(request.path_param("index"), body.root()));
  // Templates have a say in the number of replicas, so that it is known only now.
  if (base::Status status = wanted.check("wait_for_active_shards", index->settings.number_of_replicas); !status) {
    (void)services.catalog.remove(index->name);
    return std::move(status).error();
  }
  base::JsonWriter out;
  out.begin_object().field("acknowledged", true);
  out.field("shards_acknowledged", wanted.is_satisfied(index->settings.number_of_replicas))
      .field("index", index->name)
      .end_object();
  return json_response(out.take());
}

base::Result<RestResponse> get_index(const Services& services, const RestRequest& request) {
  const bool head = request.method() == "HEAD";
  const auto indices = resolve_indices(services.catalog, request, Reach::kMetadata);
  if (head && !indices && indices.error().code() == ErrorCode::kIndexNotFound) return head_response(false);
  if (!indices) return indices.error();
  if (head) return head_response(!indices->empty() || names_many(request.path_param("index")));

  ASSIGN_OR_RETURN(const bool flat, request.bool_param("flat_settings", false));
  const std::vector<std::string> features = split_list(request.param("features").value_or("aliases,mappings,settings"));
  for (const std::string& feature : features) {
    if (feature != "aliases" && feature != "mappings" && feature != "settings")
      return Error(ErrorCode::kIllegalArgument, "Invalid features specified [{}]", feature);
  }
  const auto wants = [&](std::string_view feature) {
    return std::find(features.begin(), features.end(), feature) != features.end();
  };
  ASSIGN_OR_RETURN(const bool defaults, request.bool_param("include_defaults", false));
  const SettingsForm form = flat ? SettingsForm::kFlat : SettingsForm::kNested;
  base::JsonWriter out;
  out.begin_object();
  for (const auto& index : *indices) {
    out.key(index->name).begin_object();
    if (wants("aliases")) {
      out.key("aliases");
      write_aliases(out, services.catalog.aliases_of(index->name));
    }
    if (wants("mappings")) {
      out.key("mappings");
      ingest::write_shown_mapping(*index->engine->mapping(), services.inference, out);
    }
    if (wants("settings")) out.key("settings").raw(index_settings_json(*index, form, {}));
    if (wants("settings") && defaults) out.key("defaults").raw(default_settings_json(*index, form, {}));
    out.end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> delete_index(const Services& services, const RestRequest& request) {
  const std::string_view expression = request.path_param("index");
  if (names_many(expression) && services.cluster_settings.get_bool("action.destructive_requires_name", true)) {
    return Error(ErrorCode::kIllegalArgument, "Wildcard expressions or all indices are not allowed");
  }
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  RETURN_IF_ERROR(check_blocks(indices, index::BlockLevel::kDelete));
  const std::vector<std::string> names = split_list(expression);
  for (const auto& index : indices) {
    const bool named = names_many(expression) || std::find(names.begin(), names.end(), index->name) != names.end();
    if (named) continue;
    return Error(ErrorCode::kIllegalArgument,
                 "The provided expression [{}] matches an alias, specify the corresponding concrete indices instead.", expression);
  }
  for (const auto& index : indices) RETURN_IF_ERROR(services.catalog.remove(index->name));
  return acknowledged();
}

base::Result<RestResponse> get_data_stream(const Services& /*services*/, const RestRequest& request) {
  const std::string_view name = request.path_param("name");
  if (name.empty() || name == "_all" || name.find('*') != std::string_view::npos) return json_response(R"({"data_streams":[]})");
  return index_not_found(name);
}

}  // namespace selene::rest
