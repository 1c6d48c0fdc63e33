#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "search/exec/query_phase.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

/// A document found by a sort.
struct SortedDoc {
  DocId doc = 0;
  float score = 0;  ///< NaN unless scores were asked for
  std::vector<SortKey> keys;
};

struct ShardSortedDocs {
  std::vector<SortedDoc> docs;  ///< by the plan, then doc ascending
  int64_t total_hits = 0;
  float max_score = 0;  ///< NaN unless scores were asked for
  bool timed_out = false;
  bool terminated_early = false;
};

/// A place in the order of a plan. Of documents with the same keys those behind `doc` come after it.
struct SortPosition {
  std::vector<SortKey> keys;
  DocId doc = std::numeric_limits<DocId>::max();
};

/// The first documents by the keys of `plan`, behind `after` if that is given.
ShardSortedDocs find_sorted_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                                 const SortPlan& plan, SortReader reader, const SortPosition* after, ScoreMode mode,
                                 const base::Cancellation& cancellation);

}  // namespace selene::search
