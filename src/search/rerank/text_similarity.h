#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "inference/types/inference_types.h"
#include "search/backends/search_backend.h"

namespace selene::search {

/// max(s, 0) + min(e^s, 1) in float32: above 0 it is s + 1, else e^s. Never negative, grows with s; no sigmoid.
float map_rerank_score(float relevance_score);

/// The model's answers as a ranked list: `docs[answers[i].index]` gets the mapped score; those whose raw score is below `min_score`
/// (inclusive) are left out. Score descending, ties by (shard, doc); at most `rank_window_size`.
/// Errors: those of in_input_order.
base::Result<RankDocs> rank_by_relevance(std::span<const DocAddress> docs, std::span<const inference::RankedDoc> answers,
                                         std::optional<float> min_score, int32_t rank_window_size);

/// The answers in the order of the inputs. Errors: kIllegalState if they are not one for each input, or one is not a number.
base::Result<std::vector<inference::RankedDoc>> in_input_order(size_t num_inputs, std::span<const inference::RankedDoc> answers);

/// The child's list as it is; documents without a score (ordered by a sort) get 1 / rank.
RankDocs keep_child_order(RankDocs child);

/// Sorts by score descending, ties by (shard, doc), cuts to `rank_window_size`, numbers the ranks from 1.
void order_rank_docs(RankDocs& docs, int32_t rank_window_size);

}  // namespace selene::search
