#include "inference/endpoints/endpoint_request.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "inference/services/remote/vendor_json.h"
#include "inference/services/validation.h"
#include "models/registry/known_models.h"

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonValue;
using base::Result;
using base::Status;

namespace {

Status check_keys(JsonValue body, std::span<const std::string_view> known, std::string_view service) {
  for (const auto [key, value] : body.as_object()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return unknown_settings_error(base::format("{{{}={}}}", key, java_text(value)), service);
  }
  return {};
}

/// What an update may hold: settings, and what the endpoint is already (elasticsearch-java cannot leave out the service).
Status check_update_keys(JsonValue body, const EndpointInfo& info) {
  constexpr std::array<std::string_view, 3> kKeys = {"service_settings", "task_settings", "task_type"};
  for (const auto [key, value] : body.as_object()) {
    const bool same_service = key == "service" && value.is_string() && value.as_string() == info.service;
    if (same_service || std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    return Error(ErrorCode::kStatusBadRequest,
                 "Request contained fields which cannot be updated, remove these fields and try again [{}]", key);
  }
  return {};
}

/// A local endpoint's model is there.
Status check_model(const EndpointInfo& info, const ServiceContext& context) {
  if (info.service != "elasticsearch") return {};
  ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(info.service_settings));
  const JsonValue model = settings.root()["model_id"];
  if (!model.is_string() || context.models->contains(model.as_string())) return {};
  std::string known;
  for (const std::string& name : context.models->ids()) known += (known.empty() ? "" : ", ") + name;
  return Error(ErrorCode::kStatusBadRequest, "{}; models known here: [{}]", models::missing_model(model.as_string()).reason(),
               known);
}

/// An endpoint of this program's own models changes its size alone; a vendor's keeps what its answers look like.
bool is_updatable(std::string_view service, std::string_view setting) {
  constexpr std::array<std::string_view, 2> kLocal = {"num_allocations", "adaptive_allocations"};
  constexpr std::array<std::string_view, 7> kKept = {"model_id",         "model",      "dimensions", "similarity", "embedding_type",
                                                     "max_input_tokens", "api_version"};
  if (service == "elasticsearch" || service == "elser") return std::find(kLocal.begin(), kLocal.end(), setting) != kLocal.end();
  return std::find(kKept.begin(), kKept.end(), setting) == kKept.end();
}

}  // namespace

std::string stored_form(const Endpoint& endpoint) {
  EndpointInfo info = endpoint.info();
  info.service_settings = endpoint.stored_settings();
  base::JsonWriter out;
  info.write_json(out);
  return out.take();
}

Status check_inference_id(std::string_view id) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool valid = !id.empty() && alphanumeric(id.front()) && alphanumeric(id.back()) &&
                     std::all_of(id.begin(), id.end(), [&](char c) { return alphanumeric(c) || c == '-' || c == '_'; });
  if (valid) return {};
  return Error(ErrorCode::kActionRequestValidation,
               "Validation Failed: 1: Invalid inference_id; [{}] can contain lowercase alphanumeric (a-z and 0-9), hyphens or "
               "underscores; must start and end with alphanumeric;",
               id);
}

Result<const Service*> service_of(JsonValue body, TestServices tests) {
  const JsonValue name = body["service"];
  if (!name.is_string())
    return Error(ErrorCode::kStatusBadRequest, std::string("Inference endpoint configuration is missing the [service] setting"));
  const Service* service = find_service(name.as_string(), tests);
  if (service == nullptr) return Error(ErrorCode::kStatusBadRequest, "Unknown service [{}]", name.as_string());
  return service;
}

Result<TaskType> task_type_of(std::optional<TaskType> in_url, JsonValue body, const Service& service) {
  std::optional<TaskType> type = in_url;
  if (const JsonValue in_body = body["task_type"]; in_body.is_string()) {
    ASSIGN_OR_RETURN(const TaskType parsed, parse_task_type(in_body.as_string()));
    if (in_url.has_value() && *in_url != parsed) {
      return Error(ErrorCode::kStatusBadRequest,
                   "Cannot resolve conflicting task_type parameter in the request URL [{}] and the request body [{}]",
                   task_type_name(*in_url), task_type_name(parsed));
    }
    type = parsed;
  }
  const auto supported = service.task_types();
  if (!type.has_value() && supported.size() == 1) type = supported.front();
  if (!type.has_value())
    return Error(ErrorCode::kStatusBadRequest, std::string("Inference endpoint configuration is missing the [task_type] setting"));
  if (std::find(supported.begin(), supported.end(), *type) == supported.end()) {
    return Error(ErrorCode::kStatusBadRequest, "The [{}] service does not support task type [{}]", service.name(),
                 task_type_name(*type));
  }
  return *type;
}

Result<std::shared_ptr<Endpoint>> endpoint_from_put(std::string_view id, std::optional<TaskType> task_type, JsonValue body,
                                                    const ServiceContext& context) {
  if (!body.is_object()) return Error(ErrorCode::kParse, std::string("request body is required"));
  constexpr std::array<std::string_view, 6> kKeys = {"service",           "service_settings", "task_settings",
                                                     "chunking_settings", "task_type",        "inference_id"};
  RETURN_IF_ERROR(check_keys(body, kKeys, body["service"].is_string() ? body["service"].as_string() : ""));
  ASSIGN_OR_RETURN(const Service* service, service_of(body, context.test_services));
  ASSIGN_OR_RETURN(const TaskType type, task_type_of(task_type, body, *service));
  if (type == TaskType::kRerank && !body["chunking_settings"].is_null())
    return unknown_settings_error(base::format("{{chunking_settings={}}}", java_text(body["chunking_settings"])), service->name());
  const EndpointDefinition definition{id, type, body["service_settings"], body["task_settings"], body["chunking_settings"]};
  ASSIGN_OR_RETURN(auto endpoint, service->create(definition, context));
  RETURN_IF_ERROR(check_model(endpoint->info(), context));
  return endpoint;
}

Result<std::shared_ptr<Endpoint>> endpoint_from_store(std::string_view id, JsonValue stored, JsonValue secrets,
                                                      const ServiceContext& context) {
  ASSIGN_OR_RETURN(const Service* service, service_of(stored, context.test_services));
  ASSIGN_OR_RETURN(const TaskType type, task_type_of(std::nullopt, stored, *service));
  const std::string merged = merge_objects(stored["service_settings"], secrets);
  ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(merged));
  return service->create(
      {id, type, settings.root(), stored["task_settings"], stored["chunking_settings"], DefinitionSource::kStore}, context);
}

Result<std::shared_ptr<Endpoint>> endpoint_from_update(const Endpoint& current, JsonValue body, const ServiceContext& context) {
  if (!body.is_object() || body.as_object().empty())
    return Error(ErrorCode::kStatusBadRequest, std::string("Inference endpoint update has no settings to change"));
  const EndpointInfo& info = current.info();
  RETURN_IF_ERROR(check_update_keys(body, info));
  ASSIGN_OR_RETURN(const Service* service,
                   [&]() -> Result<const Service*> { return find_service(info.service, context.test_services); }());
  RETURN_IF_ERROR(task_type_of(info.task_type, body, *service));
  const JsonValue changes = body["service_settings"];
  if (changes.is_object()) {
    for (const auto [key, value] : changes.as_object()) {
      if (!is_updatable(info.service, key))
        return Error(ErrorCode::kStatusBadRequest, "[service_settings] [{}] of an inference endpoint cannot be updated", key);
    }
  }
  const std::string stored_text = current.stored_settings();
  const std::string secrets_text = current.secrets().empty() ? "{}" : current.secrets();
  ASSIGN_OR_RETURN(const JsonDocument stored, JsonDocument::parse(stored_text));
  ASSIGN_OR_RETURN(const JsonDocument secrets, JsonDocument::parse(secrets_text));
  const std::string with_secrets = merge_objects(stored.root(), secrets.root());
  ASSIGN_OR_RETURN(const JsonDocument before, JsonDocument::parse(with_secrets));
  const std::string settings_text = merge_objects(before.root(), changes);
  ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(settings_text));
  const std::string old_task = info.task_settings.value_or("{}");
  ASSIGN_OR_RETURN(const JsonDocument task_before, JsonDocument::parse(old_task));
  const std::string task_text = merge_objects(task_before.root(), body["task_settings"]);
  ASSIGN_OR_RETURN(const JsonDocument task, JsonDocument::parse(task_text));
  const std::string chunking_text = info.chunking_settings.value_or("null");
  ASSIGN_OR_RETURN(const JsonDocument chunking, JsonDocument::parse(chunking_text));
  return service->create(
      {info.inference_id, info.task_type, settings.root(), task.root(), chunking.root(), DefinitionSource::kStore}, context);
}

std::string render_services(std::optional<TaskType> task_type) {
  base::JsonWriter out;
  out.begin_array();
  for (const Service* service : all_services()) {
    const auto types = service->task_types();
    if (task_type.has_value() && std::find(types.begin(), types.end(), *task_type) == types.end()) continue;
    out.begin_object().field("service", service->name()).field("name", service->title()).key("task_types").begin_array();
    for (const TaskType type : types) out.value(task_type_name(type));
    out.end_array().key("configurations").begin_object();
    for (const SettingInfo& setting : service->settings()) {
      out.key(setting.name).begin_object();
      out.field("description", setting.description).field("label", setting.name).field("required", setting.required);
      out.field("sensitive", setting.secret)
          .field("updatable", is_updatable(service->name(), setting.name))
          .field("type", setting.type);
      out.key("supported_task_types").begin_array();
      for (const TaskType type : types) out.value(task_type_name(type));
      out.end_array().end_object();
    }
    out.end_object().end_object();
  }
  return out.end_array().take();
}

}  // namespace selene::inference
