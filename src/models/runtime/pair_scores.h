#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "models/runtime/deployment.h"

namespace selene::models {

struct PairScore {
  float logit = 0;
  /// [begin, end) in bytes of the text: the window that scored best, where the text was read in several.
  std::optional<std::pair<size_t, size_t>> window;
};

/// Scores (query, texts[i]) for each i, in order, reading long texts as the model's `long_pairs` says. Errors: those of
/// Deployment::score; kIllegalArgument if a query leaves its texts no room, or if texts have too many windows.
base::Result<std::vector<PairScore>> score_pairs(Deployment& deployment, std::string_view query,
                                                 std::span<const std::string_view> texts, const base::Cancellation& cancellation);

}  // namespace selene::models
