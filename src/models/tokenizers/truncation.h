#pragma once

#include "base/result.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// How many tokens of each text of a pair stay.
struct PairLengths {
  size_t first;
  size_t second;
};

/// Lengths after truncation to `max_tokens` (special tokens not counted), as Hugging Face `tokenizers` 0.23 cuts: kLongestFirst
/// leaves the shorter text whole if it fits beside the longer one's equal share, else halves. The text that is cut keeps at least
/// one token. Errors: kIllegalArgument if that is not possible.
base::Result<PairLengths> truncate_pair(PairLengths lengths, size_t max_tokens, Truncation truncation);

}  // namespace selene::models
