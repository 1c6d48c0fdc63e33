#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selene::rest {

/// Names that every call takes: pretty, human, error_trace, filter_path, format.
std::span<const std::string_view> common_parameters();

/// kIllegalArgument `request [/p] contains unrecognized parameter: [foo] -> did you mean [x]?` unless every parameter is in
/// `allowed`, a common one or a path part. Several unknown ones are named together, sorted. Source: BaseRestHandler.unrecognized
/// (Levenshtein similarity over 0.5, best first). Then check_parameter_values.
base::Status check_parameters(std::string_view path, const std::vector<std::pair<std::string, std::string>>& params,
                              std::span<const std::string_view> allowed);

/// ` -> did you mean [x]?` or ` -> did you mean any of [x, y]?`; empty if nothing is near.
std::string did_you_mean(std::string_view unknown, std::span<const std::string_view> known);

}  // namespace selene::rest
