#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/services/service.h"
#include "inference/transport/transport.h"
#include "net/http_client.h"

namespace selene::inference {

/// Where small records are kept: given by the node (the catalog's records), so that inference/ does not know index/.
struct EndpointStore {
  std::function<base::Status(std::string_view id, std::string_view bytes)> put;
  std::function<base::Status(std::string_view id)> remove;
  std::function<base::Result<std::map<std::string, std::string>>()> load_all;
};

/// Deployments that are not an endpoint's own: those of the trained models API. Members may be empty.
struct OtherDeployments {
  /// By deployment id, model id or alias. Errors: kResourceNotFound (no such model), kStatusConflict (not deployed), those of
  /// loading.
  std::function<base::Result<std::shared_ptr<models::Deployment>>(std::string_view id)> lease;
  std::function<void(models::ScaledDeployment::Time now, std::chrono::milliseconds idle_time)> shrink_if_idle;
};

struct InferenceOptions {
  int32_t max_threads = 1;  ///< upper bound of num_threads x allocations that are run at once
  /// Requests that wait for a local model; one more is refused with 429. Twice as many (those waiting, those in the batch that
  /// runs) must stay below the server's worker threads, or nobody is left to refuse.
  int32_t queue_capacity = 24;
  net::ClientOptions http;  ///< requests to vendors
  TransportOptions transport;
  ValidateNewEndpoints validate = ValidateNewEndpoints::kYes;
  TestServices test_services = TestServices::kUnknown;
  std::chrono::milliseconds scale_to_zero_time{std::chrono::minutes(15)};  ///< of adaptive allocations
  EndpointStore secrets;           ///< sealed secrets by inference id, apart from the endpoints
  std::filesystem::path key_file;  ///< of the secrets
  OtherDeployments other_deployments;
};

}  // namespace selene::inference
