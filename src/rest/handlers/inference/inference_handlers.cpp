#include "rest/handlers/inference/inference_handlers.h"

#include <utility>

#include "inference/endpoints/endpoint_request.h"
#include "rest/handlers/support.h"
#include "rest/time_value.h"

namespace selene::rest {

namespace {

constexpr std::chrono::milliseconds kDefaultTimeout{30000};

base::Result<std::optional<inference::TaskType>> task_type_of(const RestRequest& request) {
  const std::string_view name = request.path_param("task_type");
  if (name.empty()) return std::optional<inference::TaskType>();
  ASSIGN_OR_RETURN(const inference::TaskType type, inference::parse_task_type(name));
  return std::optional<inference::TaskType>(type);
}

/// Of the URL, else of the body.
base::Result<std::chrono::milliseconds> timeout_of(const RestRequest& request, base::JsonValue body) {
  const base::JsonValue in_body = body["timeout"];
  if (request.param("timeout") || !in_body.is_string()) return request.time_param("timeout", kDefaultTimeout);
  return parse_time_value(in_body.as_string(), "timeout");
}

}  // namespace

base::Result<RestResponse> put_endpoint(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const auto timeout, request.time_param("timeout", kDefaultTimeout));
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const inference::EndpointInfo endpoint,
                   services.inference.put(request.path_param("id"), task_type, body.root(), timeout));
  base::JsonWriter out;
  endpoint.write_json(out);
  return json_response(out.take());
}

base::Result<RestResponse> get_endpoints(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const auto endpoints, services.inference.get(request.path_param("id"), task_type));
  base::JsonWriter out;
  out.begin_object().key("endpoints").begin_array();
  for (const inference::EndpointInfo& endpoint : endpoints) endpoint.write_json(out);
  return json_response(out.end_array().end_object().take());
}

base::Result<RestResponse> delete_endpoint(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const bool force, request.bool_param("force", false));
  ASSIGN_OR_RETURN(const bool dry_run, request.bool_param("dry_run", false));
  const auto mode = dry_run ? inference::DeleteMode::kDryRun
                    : force ? inference::DeleteMode::kForce
                            : inference::DeleteMode::kUnlessUsed;
  ASSIGN_OR_RETURN(const inference::EndpointReferences uses, services.inference.remove(request.path_param("id"), task_type, mode));
  base::JsonWriter out;
  out.begin_object().field("acknowledged", !dry_run);
  for (const auto& [key, names] : {std::pair{"pipelines", &uses.pipelines}, std::pair{"indexes", &uses.indexes}}) {
    out.key(key).begin_array();
    for (const std::string& name : *names) out.value(name);
    out.end_array();
  }
  if (dry_run) out.field("dry_run_message", "");
  return json_response(out.end_object().take());
}

base::Result<RestResponse> update_endpoint(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const auto timeout, request.time_param("timeout", kDefaultTimeout));
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const inference::EndpointInfo endpoint,
                   services.inference.update(request.path_param("id"), task_type, body.root(), timeout));
  base::JsonWriter out;
  endpoint.write_json(out);
  return json_response(out.take());
}

base::Result<RestResponse> get_services(const Services&, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  return json_response(inference::render_services(task_type));
}

base::Result<RestResponse> refuse_stream(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const auto endpoints, services.inference.get(request.path_param("id"), task_type));
  return base::Error(base::ErrorCode::kStatusBadRequest, "Streaming is not allowed for service [{}] and task [{}]",
                     endpoints.front().service, inference::task_type_name(endpoints.front().task_type));
}

base::Result<RestResponse> run_inference(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto task_type, task_type_of(request));
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const auto timeout, timeout_of(request, body.root()));
  ASSIGN_OR_RETURN(inference::InferenceResponse answer,
                   services.inference.infer(request.path_param("id"), task_type, body.root(), timeout, request.cancellation()));
  return json_response(std::move(answer.json));
}

}  // namespace selene::rest
