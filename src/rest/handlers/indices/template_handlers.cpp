#include "index/catalog/index_templates.h"
#include "rest/cluster_settings.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using index::IndexTemplates;
using index::TemplatePut;

base::Result<TemplatePut> how(const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool create, request.bool_param("create", false));
  return create ? TemplatePut::kCreate : TemplatePut::kCreateOrReplace;
}

/// As it is shown: patterns and components as lists, settings nested below `index` with text values.
JsonTree shown(const JsonTree& body, bool is_index_template) {
  JsonTree out = body;
  for (const char* const list : {"index_patterns", "composed_of"}) {
    if (JsonTree* const value = out.find(list); value != nullptr && value->is_string()) {
      JsonTree made = JsonTree::array();
      made.as_array().push_back(*value);
      *value = std::move(made);
    }
  }
  if (is_index_template && out.find("composed_of") == nullptr) out.set("composed_of", JsonTree::array());
  JsonTree* const contents = out.find("template");
  if (contents == nullptr) return out;
  JsonTree* const settings = contents->find("settings");
  if (settings == nullptr) return out;
  const auto parsed = base::JsonDocument::parse(settings->to_json());
  ClusterSettings::Map map;
  for (const auto& [name, value] : flatten_settings(parsed->root()))
    map[name.starts_with("index.") ? name : "index." + name] = value.value_or("");
  const auto nested = base::JsonDocument::parse(settings_json(map, true));
  *settings = JsonTree::from(nested->root());
  return out;
}

base::Result<RestResponse> list(const std::map<std::string, JsonTree>& found, std::string_view name, bool is_index_template) {
  base::JsonWriter out;
  out.begin_object().key(is_index_template ? "index_templates" : "component_templates").begin_array();
  for (const auto& [id, body] : found) {
    out.begin_object().field("name", id).key(is_index_template ? "index_template" : "component_template");
    shown(body, is_index_template).write(out);
    out.end_object();
  }
  const bool missing = found.empty() && !name.empty() && name.find('*') == std::string_view::npos;
  if (missing) {
    return Error(ErrorCode::kResourceNotFound, "{} matching [{}] not found",
                 is_index_template ? "index template" : "component template", name);
  }
  return json_response(out.end_array().end_object().take());
}

void write_simulated(base::JsonWriter& out, const IndexTemplates::Simulated& simulated) {
  JsonTree body = JsonTree::object();
  body.set("template", simulated.result);
  const JsonTree made = shown(body, false);
  out.key("template").begin_object();
  for (const char* const part : {"settings", "mappings", "aliases"}) {
    out.key(part);
    made.find("template")->find(part)->write(out);
  }
  out.end_object().key("overlapping").begin_array();
  for (const auto& [name, patterns] : simulated.overlapping) {
    out.begin_object().field("name", name).key("index_patterns").begin_array();
    for (const std::string& pattern : patterns) out.value(pattern);
    out.end_array().end_object();
  }
  out.end_array();
}

}  // namespace

base::Result<RestResponse> put_index_template(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const TemplatePut put, how(request));
  RETURN_IF_ERROR(services.catalog.templates().put_template(request.path_param("name"), body.root(), put));
  return acknowledged();
}

base::Result<RestResponse> put_component_template(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const TemplatePut put, how(request));
  RETURN_IF_ERROR(services.catalog.templates().put_component(request.path_param("name"), body.root(), put));
  return acknowledged();
}

base::Result<RestResponse> get_index_template(const Services& services, const RestRequest& request) {
  const std::string_view name = request.path_param("name");
  const auto found = services.catalog.templates().templates(name);
  if (request.method() == "HEAD") return head_response(!found.empty());
  return list(found, name, true);
}

base::Result<RestResponse> get_component_template(const Services& services, const RestRequest& request) {
  const std::string_view name = request.path_param("name");
  const auto found = services.catalog.templates().components(name);
  if (request.method() == "HEAD") return head_response(!found.empty());
  return list(found, name, false);
}

base::Result<RestResponse> delete_index_template(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.catalog.templates().remove_template(request.path_param("name")));
  return acknowledged();
}

base::Result<RestResponse> delete_component_template(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.catalog.templates().remove_component(request.path_param("name")));
  return acknowledged();
}

base::Result<RestResponse> simulate_index(const Services& services, const RestRequest& request) {
  base::JsonWriter out;
  out.begin_object();
  if (const auto simulated = services.catalog.templates().simulate_index(request.path_param("name")))
    write_simulated(out, *simulated);
  return json_response(out.end_object().take());
}

base::Result<RestResponse> simulate_template(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  ASSIGN_OR_RETURN(const auto simulated, services.catalog.templates().simulate_template(request.path_param("name"), body.root()));
  base::JsonWriter out;
  out.begin_object();
  write_simulated(out, simulated);
  return json_response(out.end_object().take());
}

base::Result<RestResponse> get_legacy_template(const Services& /*services*/, const RestRequest& request) {
  const std::string_view name = request.path_param("name");
  const bool named = !name.empty() && name.find('*') == std::string_view::npos;
  if (request.method() == "HEAD") return head_response(!named);
  return json_response("{}", named ? 404 : 200);
}

}  // namespace selene::rest
