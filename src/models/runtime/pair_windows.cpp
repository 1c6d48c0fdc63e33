#include "models/runtime/pair_windows.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxWindows = 4096;

PairWindows one_window(size_t first, size_t second, bool truncated) { return {first, {{0, second}}, truncated}; }

}  // namespace

base::Result<PairWindows> plan_pair(size_t first, size_t second, size_t room, const PairReading& reading) {
  if (first + second <= room) return one_window(first, second, false);
  const auto too_long = [&](std::string_view which, std::string_view other, size_t length) {
    return Error(ErrorCode::kIllegalArgument,
                 "Attempting truncation [{}] but input is too large for the {} sequence. The tokenized input length [{}] exceeds "
                 "the maximum sequence "
                 "length [{}], when taking special tokens into account",
                 which, other, length, room);
  };
  switch (reading.truncate) {
    case TokenTruncation::kFirst:
      if (second >= room) return too_long("first", "second", second);
      return one_window(room - second, second, true);
    case TokenTruncation::kSecond:
      if (first >= room) return too_long("second", "first", first);
      return one_window(first, room - first, true);
    case TokenTruncation::kBalanced: {
      const size_t half = room / 2;
      const size_t kept_first = second > half ? std::min(first, half) : std::min(first, room - second);
      return one_window(kept_first, std::min(second, room - kept_first), true);
    }
    case TokenTruncation::kNone: break;
  }
  if (reading.span < 0) {
    return Error(ErrorCode::kIllegalArgument,
                 "Input too large. The tokenized input length [{}] exceeds the maximum sequence length [{}]", first + second, room);
  }
  const auto span = static_cast<size_t>(reading.span);
  if (first + span >= room) {
    return Error(ErrorCode::kIllegalArgument,
                 "Unable to do sequence pair tokenization: the combined first sequence and span length [{} + {}] is too long for a "
                 "maximum of [{}] tokens",
                 first, span, room);
  }
  PairWindows plan{first, {}, false};
  const size_t window = room - first;
  for (size_t begin = 0;; begin += window - span) {
    if (plan.windows.size() == kMaxWindows) {
      return Error(ErrorCode::kIllegalArgument, "a text of [{}] tokens has more than [{}] windows that share [{}] tokens", second,
                   kMaxWindows, span);
    }
    plan.windows.push_back({begin, std::min(begin + window, second)});
    if (begin + window >= second) return plan;
  }
}

double combine_spans(std::span<const float> scores, SpanScores function) {
  if (function == SpanScores::kMax) return *std::max_element(scores.begin(), scores.end());
  return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

}  // namespace selene::models
