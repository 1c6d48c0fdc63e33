#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/services/service.h"

namespace selene::inference {

/// What an endpoint is stored as: the body that would make it, its id inside, without secrets.
std::string stored_form(const Endpoint& endpoint);

/// Errors: kActionRequestValidation `Invalid inference_id; ...`.
base::Status check_inference_id(std::string_view id);

/// The service a PUT body or a stored one names, and the task type of URL and body together. Errors: kStatusBadRequest.
base::Result<const Service*> service_of(base::JsonValue body, TestServices tests);
base::Result<TaskType> task_type_of(std::optional<TaskType> in_url, base::JsonValue body, const Service& service);

/// The endpoint a PUT body describes. Errors: those of Service::create, kStatusBadRequest.
base::Result<std::shared_ptr<Endpoint>> endpoint_from_put(std::string_view id, std::optional<TaskType> task_type,
                                                          base::JsonValue body, const ServiceContext& context);
/// A stored endpoint; `secrets` is the JSON object that was stored apart ({} if there are none).
base::Result<std::shared_ptr<Endpoint>> endpoint_from_store(std::string_view id, base::JsonValue stored, base::JsonValue secrets,
                                                            const ServiceContext& context);
/// `current` with the settings of an `_update` body instead of its own. Errors: as PUT; kStatusBadRequest for settings that must
/// stay (what a model is, what embeddings look like).
base::Result<std::shared_ptr<Endpoint>> endpoint_from_update(const Endpoint& current, base::JsonValue body,
                                                             const ServiceContext& context);

/// [{"service","name","task_types","configurations"}] of the services that do the task; of all if none is named.
std::string render_services(std::optional<TaskType> task_type);

}  // namespace selene::inference
