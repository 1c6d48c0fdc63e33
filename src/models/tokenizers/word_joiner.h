#pragma once

#include <span>

#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/rank_table.h"

namespace selene::models {

/// MergeJoiner for short texts of bytes: what words cost that no cache knows. Has few branches that depend on the texts and joins
/// several at the same time, since each merge of one waits for the merge before.
void join_words(const RankTable& ranks, std::span<NewWord> words);

}  // namespace selene::models
