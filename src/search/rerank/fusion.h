#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "search/backends/search_backend.h"

namespace selene::search {

/// score(d) = sum over the lists that hold d of weight_i / (rank_constant + rank_i(d)) in float32, ranks from 1. Score descending,
/// ties by (shard, doc); at most `rank_window_size`. REQUIRES: a weight for each list, rank_constant >= 1.
/// Source: Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR
/// 2009; the weights are Elasticsearch's.
RankDocs combine_rrf(std::span<const RankDocs> lists, std::span<const float> weights, int32_t rank_constant,
                     int32_t rank_window_size);

/// What one list adds for a rank.
float rrf_share(float weight, int32_t rank, int32_t rank_constant);

/// none: the score itself. minmax: (s - min) / (max - min); 1 for all if max - min < 1e-6. l2_norm: s / sqrt(sum of s²); the score
/// itself if that root is below 1e-6.
enum class ScoreNormalizer : uint8_t { kNone, kMinMax, kL2Norm };
/// "none", "minmax", "l2_norm"; empty for another name.
std::optional<ScoreNormalizer> parse_score_normalizer(std::string_view name);
std::string_view score_normalizer_name(ScoreNormalizer normalizer);

/// The scores of one list, in its order, over the whole of it. Scores that are not numbers stay so and are left out of minimum,
/// maximum and sum.
std::vector<float> normalized_scores(const RankDocs& list, ScoreNormalizer normalizer);

/// One list of a linear combination.
struct LinearPart {
  float weight = 1;
  ScoreNormalizer normalizer = ScoreNormalizer::kNone;
};

/// score(d) = sum of weight_i * normalized score_i(d); a list that lacks d, or has no number for it, adds 0. Score descending, ties
/// by (shard, doc); at most `rank_window_size`. REQUIRES: a part for each list.
RankDocs combine_linear(std::span<const RankDocs> lists, std::span<const LinearPart> parts, int32_t rank_window_size);

}  // namespace selene::search
