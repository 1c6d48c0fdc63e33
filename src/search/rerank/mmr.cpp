#include "search/rerank/mmr.h"

#include <algorithm>
#include <limits>

namespace selene::search {

std::vector<size_t> pick_by_mmr(std::span<const float> relevance, const std::function<float(size_t, size_t)>& similarity,
                                float lambda, size_t size) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  std::vector<float> nearest(relevance.size(), kNone);  // the largest similarity to what is picked
  std::vector<bool> taken(relevance.size(), false);
  std::vector<size_t> picked;
  while (picked.size() < std::min(size, relevance.size())) {
    size_t best = relevance.size();
    float best_value = kNone;
    for (size_t i = 0; i < relevance.size(); ++i) {
      if (taken[i]) continue;
      const float value = lambda * relevance[i] - (picked.empty() ? 0 : (1 - lambda) * nearest[i]);
      if (best == relevance.size() || value > best_value) {
        best = i;
        best_value = value;
      }
    }
    taken[best] = true;
    picked.push_back(best);
    for (size_t i = 0; i < relevance.size(); ++i) {
      if (!taken[i]) nearest[i] = std::max(nearest[i], similarity(i, best));
    }
  }
  std::sort(picked.begin(), picked.end());
  return picked;
}

}  // namespace selene::search
