#pragma once

#include <string_view>

namespace selene::index {

/// The endpoint of semantic_text fields that name none, unless a setting says another.
inline constexpr std::string_view kDefaultInferenceId = ".elser-2-elasticsearch";

}  // namespace selene::index
