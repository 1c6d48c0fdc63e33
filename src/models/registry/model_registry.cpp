#include "models/registry/model_registry.h"

#include <utility>

#include "models/registry/known_models.h"

namespace selene::models {

std::filesystem::path ModelRegistry::folder_of(std::string_view model_id) const {
  if (const auto folder = options_.folders.find(model_id); folder != options_.folders.end()) return folder->second;
  return options_.find_folder ? options_.find_folder(model_id) : std::filesystem::path();
}

bool ModelRegistry::contains(std::string_view model_id) const {
  return has_folder(model_id) || (source_.resolve && !source_.resolve(model_id).empty());
}

void ModelRegistry::forget(std::string_view model_id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(loaded_, [&](const auto& loaded) { return loaded.first.model_id == model_id; });
}

std::vector<std::string> ModelRegistry::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, folder] : options_.folders) ids.push_back(id);
  return ids;
}

base::Result<std::shared_ptr<const LoadedModel>> ModelRegistry::get(std::string_view model_id, std::optional<Tier> tier) {
  const std::filesystem::path folder = folder_of(model_id);
  Key key{std::string(model_id), tier.value_or(options_.default_tier)};
  if (folder.empty()) key = {source_.resolve ? source_.resolve(model_id) : std::string(), tier.value_or(options_.upload_tier)};
  if (key.model_id.empty()) return missing_model(model_id);
  // One lock for all loads: whoever asks for a model that is being loaded waits for it, and two loads never share the cores.
  const std::lock_guard lock(mutex_);
  if (const auto loaded = loaded_.find(key); loaded != loaded_.end()) return loaded->second;
  ASSIGN_OR_RETURN(auto model,
                   folder.empty() ? source_.load(key.model_id, key.tier) : LoadedModel::load(folder, {.tier = key.tier}));
  loaded_.emplace(std::move(key), model);
  return model;
}

}  // namespace selene::models
