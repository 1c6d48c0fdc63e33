#include "inference/endpoints/endpoint_table.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "inference/endpoints/endpoint_request.h"

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::Result;
using base::Status;

Error endpoint_not_found(std::string_view id) {
  return Error(ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", id);
}

Status check_task_type(const EndpointInfo& info, std::optional<TaskType> requested) {
  if (!requested.has_value() || *requested == info.task_type) return {};
  return Error(ErrorCode::kStatusBadRequest, "Requested task type [{}] does not match the inference endpoint's task type [{}]",
               task_type_name(*requested), task_type_name(info.task_type));
}

bool is_preconfigured(std::string_view id) {
  const auto all = preconfigured_endpoints();
  return std::any_of(all.begin(), all.end(), [&](const PreconfiguredEndpoint& endpoint) { return endpoint.inference_id == id; });
}

Status EndpointTable::load(const ServiceContext& context) {
  for (const PreconfiguredEndpoint& preset : preconfigured_endpoints()) {
    ASSIGN_OR_RETURN(const JsonDocument settings, JsonDocument::parse(preset.service_settings));
    const EndpointDefinition definition{preset.inference_id, preset.task_type, settings.root(), {}, {}};
    ASSIGN_OR_RETURN(auto endpoint, find_service(preset.service)->create(definition, context));
    endpoints_.emplace(preset.inference_id, std::move(endpoint));
  }
  ASSIGN_OR_RETURN(const auto records, store_.load_all());
  std::map<std::string, std::string> sealed;
  if (secrets_.load_all) {
    ASSIGN_OR_RETURN(sealed, secrets_.load_all());
  }
  for (const auto& [id, bytes] : records) {
    const auto secret = sealed.find(id);
    const Status loaded = load_record(id, bytes, secret == sealed.end() ? std::string_view() : secret->second, context);
    // One endpoint that cannot be read must not keep the others from working.
    if (!loaded.has_value()) base::log_error("inference endpoint [{}] could not be loaded: {}", id, loaded.error().reason());
  }
  return {};
}

/// A stored endpoint whose model is gone stays listed; using it says what is missing.
Status EndpointTable::load_record(std::string_view id, std::string_view bytes, std::string_view sealed,
                                  const ServiceContext& context) {
  ASSIGN_OR_RETURN(const JsonDocument stored, JsonDocument::parse(bytes));
  std::string secret_text = "{}";
  if (!sealed.empty()) {
    ASSIGN_OR_RETURN(secret_text, box_.open(id, sealed));
  }
  ASSIGN_OR_RETURN(const JsonDocument secrets, JsonDocument::parse(secret_text));
  ASSIGN_OR_RETURN(auto endpoint, endpoint_from_store(id, stored.root(), secrets.root(), context));
  endpoints_.insert_or_assign(std::string(id), std::move(endpoint));
  return {};
}

bool EndpointTable::contains(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  return endpoints_.contains(id);
}

Result<std::shared_ptr<Endpoint>> EndpointTable::find(std::string_view id, std::optional<TaskType> task_type) const {
  std::shared_ptr<Endpoint> endpoint;
  {
    const std::shared_lock lock(mutex_);
    const auto it = endpoints_.find(id);
    if (it == endpoints_.end()) return endpoint_not_found(id);
    endpoint = it->second;
  }
  RETURN_IF_ERROR(check_task_type(endpoint->info(), task_type));
  return endpoint;
}

std::vector<std::shared_ptr<Endpoint>> EndpointTable::listed() const {
  std::vector<std::shared_ptr<Endpoint>> endpoints;
  const std::shared_lock lock(mutex_);
  for (const auto& [id, endpoint] : endpoints_) endpoints.push_back(endpoint);
  return endpoints;
}

std::vector<std::shared_ptr<Endpoint>> EndpointTable::all() const {
  std::vector<std::shared_ptr<Endpoint>> endpoints = listed();
  const std::shared_lock lock(mutex_);
  for (const auto& [name, endpoint] : unlisted_) endpoints.push_back(endpoint);
  return endpoints;
}

Status EndpointTable::keep(std::string_view id, const Endpoint& endpoint) {
  if (const std::string secrets = endpoint.secrets(); !secrets.empty()) {
    if (!secrets_.put) return Error(ErrorCode::kIllegalState, std::string("this node has no place to keep secrets"));
    ASSIGN_OR_RETURN(const std::string sealed, box_.seal(id, secrets));
    RETURN_IF_ERROR(secrets_.put(id, sealed));
  }
  return store_.put(id, stored_form(endpoint));
}

Status EndpointTable::add(std::string_view id, std::shared_ptr<Endpoint> endpoint) {
  const std::unique_lock lock(mutex_);
  if (endpoints_.contains(id)) return Error(ErrorCode::kResourceAlreadyExists, "Inference endpoint [{}] already exists", id);
  RETURN_IF_ERROR(keep(id, *endpoint));
  endpoints_.emplace(id, std::move(endpoint));
  return {};
}

Status EndpointTable::replace(std::string_view id, const std::shared_ptr<Endpoint>& current, std::shared_ptr<Endpoint> changed) {
  const std::unique_lock lock(mutex_);
  const auto it = endpoints_.find(id);
  if (it == endpoints_.end()) return endpoint_not_found(id);
  if (it->second != current)
    return Error(ErrorCode::kStatusConflict, "Inference endpoint [{}] was changed by another request at the same time", id);
  RETURN_IF_ERROR(keep(id, *changed));
  it->second = std::move(changed);
  return {};
}

Status EndpointTable::remove(std::string_view id, const Endpoint& endpoint) {
  const std::unique_lock lock(mutex_);
  RETURN_IF_ERROR(store_.remove(id));
  if (secrets_.remove && !endpoint.secrets().empty()) RETURN_IF_ERROR(secrets_.remove(id));
  if (const auto it = endpoints_.find(id); it != endpoints_.end()) endpoints_.erase(it);
  return {};
}

std::shared_ptr<Endpoint> EndpointTable::find_unlisted(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto it = unlisted_.find(name);
  return it == unlisted_.end() ? nullptr : it->second;
}

std::shared_ptr<Endpoint> EndpointTable::add_unlisted(std::string_view name, std::shared_ptr<Endpoint> endpoint) {
  const std::unique_lock lock(mutex_);
  return unlisted_.emplace(name, std::move(endpoint)).first->second;
}

void EndpointTable::remove_unlisted(std::string_view name) {
  const std::unique_lock lock(mutex_);
  if (const auto it = unlisted_.find(name); it != unlisted_.end()) unlisted_.erase(it);
}

}  // namespace selene::inference
