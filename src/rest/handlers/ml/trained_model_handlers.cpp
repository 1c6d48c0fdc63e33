#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/base64.h"
#include "models/registry/trained_json.h"
#include "rest/handlers/ml/ml_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

using base::Error;
using base::ErrorCode;
using models::TrainedModelInfo;
using models::TrainedModelStore;

namespace {

base::Status check_free_id(const Services& services, std::string_view id) {
  if (services.trained_deployments.find(id)) {
    return Error(ErrorCode::kStatusBadRequest, "Cannot create model [{}] the id is the same as an current model deployment", id);
  }
  if (services.inference.get(id, std::nullopt).has_value()) {
    return Error(ErrorCode::kStatusBadRequest, "Cannot create model [{}] the id is the same as an existing inference endpoint", id);
  }
  return {};
}

bool has_tags(const TrainedModelInfo& model, const std::vector<std::string>& tags) {
  const auto& own = model.config.tags;
  return std::all_of(tags.begin(), tags.end(),
                     [&](const std::string& tag) { return std::find(own.begin(), own.end(), tag) != own.end(); });
}

std::set<std::string> as_set(std::vector<std::string> names) {
  return {std::make_move_iterator(names.begin()), std::make_move_iterator(names.end())};
}

base::Result<int64_t> page_param(const RestRequest& request, std::string_view name, int64_t fallback) {
  ASSIGN_OR_RETURN(const int64_t value, request.int_param(name, fallback));
  if (value < 0) return Error(ErrorCode::kIllegalArgument, "Parameter [{}] cannot be < 0", name);
  return value;
}

}  // namespace

bool endpoint_names(const Services& services, std::string_view field, std::string_view value) {
  const auto endpoints = services.inference.get("_all", std::nullopt);
  if (!endpoints) return false;
  return std::any_of(endpoints->begin(), endpoints->end(), [&](const inference::EndpointInfo& endpoint) {
    const auto settings = base::JsonDocument::parse(endpoint.service_settings);
    const base::JsonValue named = settings ? settings->root()[field] : base::JsonValue();
    return named.is_string() && named.as_string() == value && !endpoint.inference_id.starts_with('.');
  });
}

std::set<std::string> pipelines_using_model(const Services& services, std::string_view model_id) {
  std::vector<std::string> names = services.trained_models.aliases_of(model_id);
  names.emplace_back(model_id);
  for (const auto& deployment : services.trained_deployments.of_model(model_id)) names.push_back(deployment.params.deployment_id);
  std::set<std::string> users;
  for (const std::string& name : names) users.merge(as_set(services.pipelines.using_inference(name)));
  return users;
}

base::Result<RestResponse> put_trained_model(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  const std::string_view id = request.path_param("id");
  RETURN_IF_ERROR(check_free_id(services, id));
  ASSIGN_OR_RETURN(const TrainedModelInfo model, services.trained_models.put(id, body.root()));
  base::JsonWriter out;
  model.config.write(out, model.fully_defined(), models::Generated::kShow);
  return json_response(out.take());
}

/// The words of `include`. Errors: kIllegalArgument for one that is unknown.
base::Result<std::vector<std::string>> include_param(const RestRequest& request) {
  constexpr std::array<std::string_view, 5> kKnown = {"definition", "feature_importance_baseline", "hyperparameters",
                                                      "total_feature_importance", "definition_status"};
  std::vector<std::string> include = split_list(request.param("include").value_or(""));
  for (const std::string& word : include) {
    if (std::find(kKnown.begin(), kKnown.end(), word) == kKnown.end()) {
      return Error(ErrorCode::kIllegalArgument,
                   "unknown [include] parameter [{}]. Valid options are [definition, feature_importance_baseline, hyperparameters, "
                   "total_feature_importance, definition_status]",
                   word);
    }
  }
  return include;
}

base::Result<RestResponse> get_trained_models(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const int64_t from, page_param(request, "from", 0));
  ASSIGN_OR_RETURN(const int64_t size, page_param(request, "size", 100));
  ASSIGN_OR_RETURN(const bool allow_no_match, request.bool_param("allow_no_match", true));
  ASSIGN_OR_RETURN(const bool exclude_generated, request.bool_param("exclude_generated", false));
  const auto no_match = allow_no_match ? TrainedModelStore::NoMatch::kAllow : TrainedModelStore::NoMatch::kRefuse;
  ASSIGN_OR_RETURN(auto found, services.trained_models.find(request.path_param("id"), no_match));
  if (const auto tags = request.param("tags")) {
    std::erase_if(found, [&](const TrainedModelInfo& model) { return !has_tags(model, split_list(*tags)); });
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> include, include_param(request));
  const bool status = std::find(include.begin(), include.end(), "definition_status") != include.end();
  base::JsonWriter out;
  out.begin_object().field("count", found.size()).key("trained_model_configs").begin_array();
  for (size_t i = static_cast<size_t>(from); i < found.size() && i - static_cast<size_t>(from) < static_cast<size_t>(size); ++i) {
    found[i].config.write(out, status ? std::optional(found[i].fully_defined()) : std::nullopt,
                          exclude_generated ? models::Generated::kOmit : models::Generated::kShow);
  }
  return json_response(out.end_array().end_object().take());
}

base::Result<RestResponse> delete_trained_model(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool force, request.bool_param("force", false));
  RETURN_IF_ERROR(request.time_param("timeout", std::chrono::seconds(30)));
  const std::string_view id = request.path_param("id");
  if (!services.trained_models.contains(id)) {
    return Error(ErrorCode::kResourceNotFound, "No known trained model with model_id [{}]", id);
  }
  if (!force && !services.trained_deployments.of_model(id).empty()) {
    return Error(ErrorCode::kStatusConflict, "Cannot delete model [{}] as it is currently deployed", id);
  }
  if (!force && endpoint_names(services, "model_id", id)) {
    return Error(ErrorCode::kStatusConflict,
                 "Cannot delete model [{}] as it is referenced by inference endpoints; use force to delete it all the same", id);
  }
  if (!force && !pipelines_using_model(services, id).empty()) {
    return Error(ErrorCode::kStatusConflict,
                 "Cannot delete model [{}] as it is still referenced by ingest processors; use force to delete the model", id);
  }
  for (const models::TrainedDeployment& deployment : services.trained_deployments.of_model(id)) {
    RETURN_IF_ERROR(services.trained_deployments.stop(deployment.params.deployment_id, TrainedModelStore::NoMatch::kAllow));
  }
  RETURN_IF_ERROR(services.trained_models.remove(id));
  return acknowledged();
}

base::Result<RestResponse> put_definition_part(const Services& services, const RestRequest& request) {
  TrainedModelStore::Part part;
  const std::string_view text = request.path_param("part");
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), part.part);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse int parameter [part] with value [{}]", text);
  }
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  models::FieldReader fields(body.root(), "put_trained_model_definition_part");
  const base::JsonValue definition = fields.value("definition");
  part.total_length = fields.integer("total_definition_length").value_or(0);
  part.total_parts = fields.integer("total_parts").value_or(0);
  RETURN_IF_ERROR(fields.finish());
  if (!definition.is_string()) return Error(ErrorCode::kXContentParse, "[definition] must be a string of base64");
  const auto bytes = base::base64_decode(definition.as_string());
  if (!bytes) return Error(ErrorCode::kIllegalArgument, "[definition] of part [{}] is not valid base64", part.part);
  part.bytes = *bytes;
  RETURN_IF_ERROR(services.trained_models.put_part(request.path_param("id"), part));
  return acknowledged();
}

base::Result<RestResponse> put_vocabulary(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  RETURN_IF_ERROR(services.trained_models.put_vocabulary(request.path_param("id"), request.body(), body.root()));
  return acknowledged();
}

base::Result<RestResponse> put_model_alias(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool reassign, request.bool_param("reassign", false));
  const std::string_view alias = request.path_param("alias");
  const std::string_view id = request.path_param("id");
  const std::string before = services.trained_models.alias_target(alias);
  if (reassign && !before.empty() && before != id && !services.trained_deployments.of_model(before).empty() &&
      services.trained_deployments.of_model(id).empty()) {
    return Error(ErrorCode::kIllegalArgument,
                 "cannot reassign model_alias [{}] to model [{}] from model [{}] as it is not yet deployed", alias, id, before);
  }
  RETURN_IF_ERROR(services.trained_models.put_alias(
      alias, id, reassign ? TrainedModelStore::Reassign::kYes : TrainedModelStore::Reassign::kNo));
  return acknowledged();
}

base::Result<RestResponse> delete_model_alias(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.trained_models.remove_alias(request.path_param("alias"), request.path_param("id")));
  return acknowledged();
}

}  // namespace selene::rest
