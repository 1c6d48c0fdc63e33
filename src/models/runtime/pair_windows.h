#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace selene::models {

/// Which text gives way when a pair is too long. kNone: neither, and windows if a span is given.
enum class TokenTruncation : uint8_t { kFirst, kSecond, kNone, kBalanced };
/// How the scores of a document's windows become one.
enum class SpanScores : uint8_t { kMax, kMean };

/// How pairs longer than a model are read.
struct PairReading {
  TokenTruncation truncate = TokenTruncation::kFirst;
  int32_t span = -1;  ///< tokens that windows share; -1: no windows
};

/// Token counts of a pair after truncation, and the windows of the second text where a span is given.
struct PairWindows {
  size_t first = 0;  ///< tokens kept of the first text
  struct Window {
    size_t begin, end;  ///< [begin, end) tokens of the second text
  };
  std::vector<Window> windows;  ///< at least one
  bool truncated = false;
};
/// `room`: tokens of both texts together. Errors: kIllegalArgument with Elasticsearch's words if they do not fit.
base::Result<PairWindows> plan_pair(size_t first, size_t second, size_t room, const PairReading& reading);

/// The score of a text from those of its windows. REQUIRES: scores not empty.
double combine_spans(std::span<const float> scores, SpanScores function);

/// What a model's configuration asks for instead of cutting the second text.
struct LongPairs {
  PairReading reading;
  SpanScores span_scores = SpanScores::kMax;
};

}  // namespace selene::models
