#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "search/query/match_weights.h"

namespace selene::search {

/// What may stand between two points that every way through a token graph passes: one of some sequences of terms.
struct GraphSegment {
  std::vector<std::vector<AnalysedTerm>> paths;
  /// Only single terms: synonyms of one another.
  bool single_terms() const;
};

/// Whether some token spans several positions.
bool is_graph(const std::vector<AnalysedTerm>& terms);
/// The graph cut at the points all ways pass. Errors: kTooManyClauses where a segment has too many ways.
base::Result<std::vector<GraphSegment>> graph_segments(const std::vector<AnalysedTerm>& terms);
/// All ways through the graph.
base::Result<std::vector<std::vector<AnalysedTerm>>> graph_paths(const std::vector<AnalysedTerm>& terms);

}  // namespace selene::search
