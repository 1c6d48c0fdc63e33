#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/endpoints/inference_options.h"

namespace selene::main {

/// Sets one setting of inference by its name in selene.yml (docs/configuration.md). False if it is none of them.
/// Errors: kIllegalArgument (wrong value).
base::Result<bool> apply_inference_setting(inference::InferenceOptions& options, std::string_view name, const std::string& value);
std::span<const std::string_view> inference_setting_names();

}  // namespace selene::main
