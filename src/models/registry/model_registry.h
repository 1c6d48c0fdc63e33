#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/runtime/loaded_model.h"

namespace selene::models {

/// Which folder a model id means, and the loaded models, each loaded once whatever the number of deployments. Thread-safe.
class ModelRegistry {
 public:
  struct Options {
    /// `.rerank-v1` -> folder of the bundled model unless mapped elsewhere; any further ids of the settings.
    std::map<std::string, std::filesystem::path, std::less<>> folders;
    Tier default_tier = Tier::kInt8;
  };
  explicit ModelRegistry(Options options) : options_(std::move(options)) {}

  bool contains(std::string_view model_id) const;
  std::vector<std::string> ids() const;
  /// Loads on first use; callers that come meanwhile wait. Errors: kResourceNotFound `Could not find the trained model [x]`, those
  /// of LoadedModel::load (not cached: the next call tries again).
  base::Result<std::shared_ptr<const LoadedModel>> get(std::string_view model_id);

 private:
  Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LoadedModel>, std::less<>> loaded_;
};

}  // namespace selene::models
