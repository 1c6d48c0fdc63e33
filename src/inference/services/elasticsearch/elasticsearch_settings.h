#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inference/services/validation.h"
#include "inference/types/inference_types.h"

namespace selene::inference {

/// Grows and shrinks the number of allocations with the load, between the bounds.
struct AdaptiveAllocations {
  bool enabled = false;
  std::optional<int32_t> min_number_of_allocations;
  std::optional<int32_t> max_number_of_allocations;
};

struct ElasticsearchSettings {
  std::string model_id;
  int32_t num_threads = 1;
  std::optional<int32_t> num_allocations;
  std::optional<AdaptiveAllocations> adaptive_allocations;

  /// Takes the keys from `settings`; faults go to `validation`.
  static ElasticsearchSettings parse(SettingsReader& settings, Validation& validation);
  /// As GET shows them.
  std::string to_json() const;
};

}  // namespace selene::inference
