#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "search/backends/collapse_groups.h"
#include "search/backends/local_backend.h"
#include "search/backends/rescore.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

struct FoundHit {
  DocAddress address;
  float score = 0;                          ///< NaN: none
  std::vector<SortKey> keys;                ///< empty unless sorted
  std::optional<CollapseGroup> group = {};  ///< of a collapsed search
};

/// A query over all targets of a LocalBackend, with everything that a plain search can ask for.
struct LocalSearch {
  const FilteredQuery* query = nullptr;
  const Query* post_filter = nullptr;
  std::optional<float> min_score;
  int32_t num_hits = 10;
  const std::vector<SortField>* sort = nullptr;  ///< null or by score alone: by score
  base::JsonValue search_after;
  const FoundHit* after = nullptr;              ///< only hits that rank behind this one; null: from the first one
  const std::string* collapse_field = nullptr;  ///< one hit for each of its values; null: all hits
  const std::vector<Rescore>* rescores = nullptr;
  bool track_scores = false;  ///< scores and max_score although sorted by something else
  int32_t track_total_hits_up_to = 10000;
  int32_t terminate_after = 0;
};

struct LocalSearchResult {
  std::vector<FoundHit> hits;
  std::vector<int64_t> shard_ns;   ///< by target: how long its search took
  std::optional<SortPlan> plan;    ///< how `keys` are shown
  std::optional<TotalHits> total;  ///< empty: not counted
  std::optional<float> max_score;
  bool terminated_early = false;
};

/// Targets that fail are noted in the backend; if all do, that is the error. Errors: kSearchPhaseExecution, kIllegalArgument,
/// kTaskCancelled.
base::Result<LocalSearchResult> run_local_search(LocalBackend& backend, const LocalSearch& search,
                                                 const base::Cancellation& cancellation);

}  // namespace selene::search
