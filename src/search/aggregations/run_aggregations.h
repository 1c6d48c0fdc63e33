#pragma once

#include <optional>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "search/aggregations/aggregation.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/backends/local_backend.h"

namespace selene::search {

/// One of the queries whose matches are aggregated.
struct AggregatedQuery {
  const FilteredQuery* query = nullptr;
  std::optional<float> min_score;
};

/// Collects the documents of all targets that match any of `queries` and gives the results in the order asked for. A target that
/// fails is noted in the backend; if all do, that is the error. `terminate_after`: documents of each target at most; 0: all.
/// Errors: kSearchPhaseExecution, kTaskCancelled.
base::Result<std::vector<Aggregation>> run_aggregations(const AggregationTree& tree, LocalBackend& backend,
                                                        const std::vector<AggregatedQuery>& queries, int32_t terminate_after,
                                                        const base::Cancellation& cancellation);

}  // namespace selene::search
