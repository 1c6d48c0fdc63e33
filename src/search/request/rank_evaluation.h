#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/error.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "search/request/search_service.h"

namespace selene::search {

/// What `_rank_eval` found. A search that failed is an entry of `failures`, not an error.
struct RankEvaluation {
  std::string metric_score;  ///< JSON
  std::string details;       ///< JSON object by request id
  std::vector<std::pair<std::string, base::Error>> failures;
};

/// Runs the searches of `body` against `indices` and compares their hits with the ratings. Metrics: precision, recall,
/// mean_reciprocal_rank, dcg, expected_reciprocal_rank, their k first hits. Errors: kXContentParse, kIllegalArgument, kParsing.
base::Result<RankEvaluation> evaluate_ranking(SearchService& searches, const std::string& indices, const base::JsonDocument& body,
                                              const base::Cancellation& cancellation);

}  // namespace selene::search
