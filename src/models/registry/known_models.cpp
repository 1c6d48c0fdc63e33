#include "models/registry/known_models.h"

#include <array>
#include <string>

#include "base/format.h"

namespace selene::models {
namespace {

constexpr std::array kKnownModels = {
    KnownModel{".multilingual-e5-small", "intfloat/multilingual-e5-small"},
    KnownModel{".elser_model_2", ""},
};

}  // namespace

std::span<const KnownModel> known_models() { return kKnownModels; }

base::Error missing_model(std::string_view model_id) {
  for (const KnownModel& model : kKnownModels) {
    if (model.id != model_id) continue;
    const std::string command =
        model.hub_id.empty() ? base::format("selene pull FOLDER --as {}", model.id) : base::format("selene pull {}", model.hub_id);
    return base::Error(
        base::ErrorCode::kResourceNotFound,
        "Could not find the trained model [{}]: its weights are not installed; [{}] installs them, or map the id to a "
        "model folder with [--model {}=FOLDER]",
        model_id, command, model.id);
  }
  return base::Error(base::ErrorCode::kResourceNotFound, "Could not find the trained model [{}]", model_id);
}

}  // namespace selene::models
