#include "models/tokenizers/truncation.h"

#include <algorithm>

namespace selene::models {
namespace {

PairLengths longest_first(PairLengths lengths, size_t max_tokens) {
  size_t shorter = std::min(lengths.first, lengths.second);
  size_t longer = shorter > max_tokens ? shorter : std::max(shorter, max_tokens - shorter);
  if (shorter + longer > max_tokens) {
    shorter = max_tokens / 2;
    longer = shorter + max_tokens % 2;
  }
  return lengths.first > lengths.second ? PairLengths{longer, shorter} : PairLengths{shorter, longer};
}

/// Source: Elasticsearch, trained models, tokenization.*.truncate.
PairLengths balanced(PairLengths lengths, size_t max_tokens) {
  const size_t half = max_tokens / 2;
  const size_t room = lengths.second > half ? half : max_tokens - lengths.second;
  const size_t first = std::min(lengths.first, room);
  return {first, std::min(lengths.second, max_tokens - first)};
}

}  // namespace

base::Result<PairLengths> truncate_pair(PairLengths lengths, size_t max_tokens, Truncation truncation) {
  const size_t total = lengths.first + lengths.second;
  if (truncation == Truncation::kNone || total <= max_tokens) return lengths;
  if (truncation == Truncation::kLongestFirst) return longest_first(lengths, max_tokens);
  if (truncation == Truncation::kBalanced) return balanced(lengths, max_tokens);
  const bool cuts_first = truncation == Truncation::kOnlyFirst;
  const size_t kept = cuts_first ? lengths.second : lengths.first;
  if (kept >= max_tokens) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "the {} text has [{}] tokens, which leaves no room for the {} one: both together may have [{}]",
                       cuts_first ? "second" : "first", kept, cuts_first ? "first" : "second", max_tokens);
  }
  return cuts_first ? PairLengths{max_tokens - kept, kept} : PairLengths{kept, max_tokens - kept};
}

}  // namespace selene::models
