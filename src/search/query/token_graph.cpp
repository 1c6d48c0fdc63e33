#include "search/query/token_graph.h"

#include <algorithm>
#include <set>

namespace selene::search {
namespace {

constexpr size_t kMaxPaths = 1024;

int32_t end_of(const AnalysedTerm& term) { return term.position + term.position_length; }

/// Appends all ways from `node` to `end`.
base::Status walk(const std::vector<AnalysedTerm>& terms, int32_t node, int32_t end, std::vector<AnalysedTerm>& path,
                  std::vector<std::vector<AnalysedTerm>>& paths) {
  if (node >= end) {
    if (paths.size() >= kMaxPaths) {
      return base::Error(base::ErrorCode::kTooManyClauses, "Query contains too many nested clauses; maxClauseCount is set to {}",
                         kMaxPaths);
    }
    paths.push_back(path);
    return {};
  }
  bool any = false;
  for (const AnalysedTerm& term : terms) {
    if (term.position != node || end_of(term) > end) continue;
    any = true;
    path.push_back(term);
    RETURN_IF_ERROR(walk(terms, end_of(term), end, path, paths));
    path.pop_back();
  }
  // Where a stop word stood, nothing leaves the node.
  return any ? base::Status() : walk(terms, node + 1, end, path, paths);
}

}  // namespace

bool GraphSegment::single_terms() const {
  return std::ranges::all_of(paths, [](const auto& path) { return path.size() == 1; });
}

bool is_graph(const std::vector<AnalysedTerm>& terms) {
  return std::ranges::any_of(terms, [](const AnalysedTerm& term) { return term.position_length > 1; });
}

base::Result<std::vector<GraphSegment>> graph_segments(const std::vector<AnalysedTerm>& terms) {
  std::set<int32_t> nodes;
  for (const AnalysedTerm& term : terms) {
    nodes.insert(term.position);
    nodes.insert(end_of(term));
  }
  std::vector<int32_t> cuts;
  for (const int32_t node : nodes) {
    const bool crossed = std::ranges::any_of(terms, [&](const AnalysedTerm& t) { return t.position < node && end_of(t) > node; });
    if (!crossed) cuts.push_back(node);
  }
  std::vector<GraphSegment> segments;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    std::vector<AnalysedTerm> inside;
    for (const AnalysedTerm& term : terms) {
      if (term.position >= cuts[i] && end_of(term) <= cuts[i + 1]) inside.push_back(term);
    }
    if (inside.empty()) continue;
    GraphSegment segment;
    std::vector<AnalysedTerm> path;
    RETURN_IF_ERROR(walk(inside, cuts[i], cuts[i + 1], path, segment.paths));
    segments.push_back(std::move(segment));
  }
  return segments;
}

base::Result<std::vector<std::vector<AnalysedTerm>>> graph_paths(const std::vector<AnalysedTerm>& terms) {
  int32_t end = 0;
  for (const AnalysedTerm& term : terms) end = std::max(end, end_of(term));
  std::vector<std::vector<AnalysedTerm>> paths;
  std::vector<AnalysedTerm> path;
  if (!terms.empty()) RETURN_IF_ERROR(walk(terms, terms.front().position, end, path, paths));
  return paths;
}

}  // namespace selene::search
