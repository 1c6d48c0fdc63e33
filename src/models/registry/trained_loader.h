#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "models/registry/trained_model_store.h"
#include "models/runtime/loaded_model.h"

namespace selene::models {

/// An uploaded model ready to run: the encoder of its definition, the tokenizer of its vocabulary; computes in `tier`.
/// Errors: kResourceNotFound (no such model, no definition), kIllegalArgument naming what is missing, damaged, not supported, or
/// does not fit the config's task.
base::Result<std::shared_ptr<const LoadedModel>> load_trained_model(const TrainedModelStore& store, std::string_view model_id,
                                                                    Tier tier);

}  // namespace selene::models
