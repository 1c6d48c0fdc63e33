#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "inference/endpoints/inference_options.h"
#include "inference/endpoints/secret_box.h"
#include "inference/services/service.h"

namespace selene::inference {

/// `Inference endpoint not found [x]`.
base::Error endpoint_not_found(std::string_view id);
/// kStatusBadRequest if a task type is requested that is not the endpoint's.
base::Status check_task_type(const EndpointInfo& info, std::optional<TaskType> requested);
bool is_preconfigured(std::string_view inference_id);

/// The endpoints of a node and the records that keep them, secrets apart and sealed. Beside those that are listed it holds some
/// that are not: of models that are used without an endpoint. Thread-safe.
class EndpointTable {
 public:
  EndpointTable(EndpointStore store, EndpointStore secrets, std::filesystem::path key_file)
      : store_(std::move(store)), secrets_(std::move(secrets)), box_(std::move(key_file)) {}

  /// The preconfigured endpoints, and those of the records; one that cannot be read is left out with a line in the log.
  base::Status load(const ServiceContext& context);

  bool contains(std::string_view id) const;
  /// Errors: kResourceNotFound, kStatusBadRequest (another task type).
  base::Result<std::shared_ptr<Endpoint>> find(std::string_view id, std::optional<TaskType> task_type) const;
  /// Sorted by inference_id.
  std::vector<std::shared_ptr<Endpoint>> listed() const;
  /// Unlisted ones too.
  std::vector<std::shared_ptr<Endpoint>> all() const;

  /// Keeps and lists a new endpoint. Errors: kResourceAlreadyExists, those of the store.
  base::Status add(std::string_view id, std::shared_ptr<Endpoint> endpoint);
  /// `changed` in the place of `current`. Errors: kResourceNotFound, kStatusConflict (another is there by now), those of the store.
  base::Status replace(std::string_view id, const std::shared_ptr<Endpoint>& current, std::shared_ptr<Endpoint> changed);
  /// Errors: those of the store.
  base::Status remove(std::string_view id, const Endpoint& endpoint);

  /// null if there is none.
  std::shared_ptr<Endpoint> find_unlisted(std::string_view name) const;
  /// The one that is there by now, if another thread was faster.
  std::shared_ptr<Endpoint> add_unlisted(std::string_view name, std::shared_ptr<Endpoint> endpoint);
  void remove_unlisted(std::string_view name);

 private:
  using Endpoints = std::map<std::string, std::shared_ptr<Endpoint>, std::less<>>;
  base::Status keep(std::string_view id, const Endpoint& endpoint);  // REQUIRES: mutex_ held
  base::Status load_record(std::string_view id, std::string_view bytes, std::string_view sealed, const ServiceContext& context);

  const EndpointStore store_;
  const EndpointStore secrets_;
  SecretBox box_;
  mutable std::shared_mutex mutex_;
  Endpoints endpoints_;
  Endpoints unlisted_;
};

}  // namespace selene::inference
