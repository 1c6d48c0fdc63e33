#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace selene::models {

/// A model id of Elasticsearch's own whose weights do not come with this program.
struct KnownModel {
  std::string_view id;
  std::string_view hub_id;  ///< where its weights are; empty: on no hub, from a folder alone
};
std::span<const KnownModel> known_models();

/// kResourceNotFound `Could not find the trained model [x]`; for a known model with the command that installs it.
base::Error missing_model(std::string_view model_id);

}  // namespace selene::models
