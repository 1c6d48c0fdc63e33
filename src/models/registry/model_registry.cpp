#include "models/registry/model_registry.h"

#include <utility>

#include "base/format.h"

namespace selene::models {

bool ModelRegistry::contains(std::string_view model_id) const { return options_.folders.contains(model_id); }

std::vector<std::string> ModelRegistry::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, folder] : options_.folders) ids.push_back(id);
  return ids;
}

base::Result<std::shared_ptr<const LoadedModel>> ModelRegistry::get(std::string_view model_id) {
  const auto folder = options_.folders.find(model_id);
  if (folder == options_.folders.end()) {
    return base::Error(base::ErrorCode::kResourceNotFound, "Could not find the trained model [{}]", model_id);
  }
  // One lock for all loads: whoever asks for a model that is being loaded waits for it, and two loads never share the cores.
  const std::lock_guard lock(mutex_);
  if (const auto loaded = loaded_.find(model_id); loaded != loaded_.end()) return loaded->second;
  ASSIGN_OR_RETURN(auto model, LoadedModel::load(folder->second, {.tier = options_.default_tier}));
  loaded_.emplace(model_id, model);
  return model;
}

}  // namespace selene::models
