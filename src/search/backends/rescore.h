#pragma once

#include <cstdint>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/exec/query_phase.h"
#include "search/query/query.h"

namespace selene::search {

/// One entry of `rescore`: the best `window_size` documents of each index get a second score.
struct Rescore {
  enum class ScoreMode : uint8_t { kTotal, kMultiply, kAvg, kMax, kMin };

  int32_t window_size = 10;
  QueryPtr query;
  float query_weight = 1;
  float rescore_query_weight = 1;
  ScoreMode score_mode = ScoreMode::kTotal;

  /// Both scores already times their weights.
  float combine(float first, float second) const;
};

/// An entry or a list of them. Errors: kParsing, kXContentParse, kIllegalArgument.
base::Result<std::vector<Rescore>> parse_rescore(const base::JsonDocument* document, base::JsonValue value);

/// Errors: kIllegalArgument (a window above index.max_rescore_window).
base::Status check_rescore_window(const Rescore& rescore, const BindContext& context);

/// Rescores the first documents of `docs` (score descending) and sorts all of them anew. Those outside of the window, and those
/// that `weight` does not match, keep their score times query_weight, as in Lucene's QueryRescorer.
void rescore_docs(const Rescore& rescore, const index::Snapshot& snapshot, const Weight& weight, std::vector<ScoredDoc>& docs);

/// Why a document has the score it has after `rescore`. `first`: before it. `weight`: of the rescore query.
Explanation explain_rescore(const Rescore& rescore, const Weight& weight, Explanation first, const SegmentContext& segment,
                            DocId doc);

}  // namespace selene::search
