#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace selene::search {

/// Maximal marginal relevance: picks one after the other that with the largest lambda * relevance[i] - (1 - lambda) * the largest
/// similarity(i, picked), the first pick by relevance alone; ties go to the lower index. Gives the indices picked, at most `size`,
/// in ascending order. `similarity`: symmetric. Calls it size * relevance.size() times at most. Source: Carbonell & Goldstein, "The
/// Use of MMR, Diversity-Based Reranking", SIGIR 1998.
std::vector<size_t> pick_by_mmr(std::span<const float> relevance, const std::function<float(size_t, size_t)>& similarity,
                                float lambda, size_t size);

}  // namespace selene::search
