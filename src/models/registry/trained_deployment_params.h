#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "models/runtime/adaptive_allocations.h"
#include "models/runtime/deployment.h"
#include "models/runtime/encoder.h"

namespace selene::models {

enum class DeploymentPriority : uint8_t { kNormal, kLow };

/// What `_start` asks for.
struct TrainedDeploymentParams {
  std::string model_id;
  std::string deployment_id;
  int32_t number_of_allocations = 1;
  int32_t threads_per_allocation = 1;
  int32_t queue_capacity = 1024;
  DeploymentPriority priority = DeploymentPriority::kNormal;
  std::string cache_size;            ///< as it was given; empty: not given
  std::string adaptive_allocations;  ///< JSON object; empty: none
  std::optional<Tier> tier;          ///< absent: the server's setting. An addition to Elasticsearch

  /// Errors: kActionRequestValidation, kIllegalArgument with Elasticsearch's words.
  base::Status check() const;
  /// Adaptive if that is given and enabled. REQUIRES: check.
  DeploymentSize size() const;
  /// As far as `available` threads carry it. REQUIRES: check.
  DeploymentOptions options(int32_t available) const;

  struct Record;
  std::string to_record(int64_t start_time_ms) const;
  /// What `to_record` wrote.
  static base::Result<Record> from_record(std::string_view deployment_id, std::string_view bytes);
};

struct TrainedDeploymentParams::Record {
  TrainedDeploymentParams params;
  int64_t start_time_ms = 0;
};

}  // namespace selene::models
