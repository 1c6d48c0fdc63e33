#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/runtime/loaded_model.h"

namespace selene::models {

/// Where models come from that are no folders: uploads.
struct ModelSource {
  /// The model an id or alias means; empty if there is none.
  std::function<std::string(std::string_view)> resolve;
  std::function<base::Result<std::shared_ptr<const LoadedModel>>(const std::string& model_id, Tier tier)> load;
};

/// Which folder a model id means, and the loaded models, each loaded once for a tier whatever the number of deployments.
/// Thread-safe.
class ModelRegistry {
 public:
  struct Options {
    /// `.rerank-v1` -> folder of the bundled model unless mapped elsewhere; any further ids of the settings.
    std::map<std::string, std::filesystem::path, std::less<>> folders;
    Tier default_tier = Tier::kInt8;
    /// Asked at each use for an id that is not in `folders`: its folder, or an empty path. Null: there are no others.
    std::function<std::filesystem::path(std::string_view id)> find_folder = {};
    /// Of models that come from the source.
    Tier upload_tier = Tier::kFp32;
  };
  explicit ModelRegistry(Options options) : options_(std::move(options)) {}

  /// Asked for ids that have no folder. To be called before the first use.
  void set_source(ModelSource source) { source_ = std::move(source); }

  bool contains(std::string_view model_id) const;
  bool has_folder(std::string_view model_id) const { return !folder_of(model_id).empty(); }
  /// The next `get` loads anew; deployments keep what they have.
  void forget(std::string_view model_id);
  std::vector<std::string> ids() const;
  /// Loads on first use, for `tier` or the options' one; callers that come meanwhile wait. Errors: those of missing_model, those
  /// of LoadedModel::load (not cached: the next call tries again).
  base::Result<std::shared_ptr<const LoadedModel>> get(std::string_view model_id, std::optional<Tier> tier = std::nullopt);

 private:
  struct Key {
    std::string model_id;
    Tier tier;
    auto operator<=>(const Key&) const = default;
  };
  std::filesystem::path folder_of(std::string_view model_id) const;

  Options options_;
  ModelSource source_;
  mutable std::mutex mutex_;
  std::map<Key, std::shared_ptr<const LoadedModel>> loaded_;
};

}  // namespace selene::models
