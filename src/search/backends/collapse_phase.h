#pragma once

#include "search/backends/collapse_groups.h"
#include "search/exec/query_phase.h"
#include "search/sort/sorted_phase.h"

namespace selene::search {

/// The best document of a group.
struct CollapsedDoc {
  SortedDoc found;
  CollapseGroup group;
};

struct ShardCollapsedDocs {
  std::vector<CollapsedDoc> docs;  ///< by the plan or by score, then doc ascending; one a group
  int64_t total_hits = 0;          ///< documents, not groups
  float max_score = 0;             ///< NaN unless scores were asked for
  bool timed_out = false;
  bool terminated_early = false;
};

/// One document of each group: the first one by the keys of `plan` (null: by score). Keeps all groups in memory while it runs.
/// Errors: those of CollapseReader.
base::Result<ShardCollapsedDocs> find_collapsed_docs(const index::Snapshot& snapshot, const Weight& weight,
                                                     const QueryPhaseOptions& options, const SortPlan* plan, SortReader* reader,
                                                     const SortPosition* after, CollapseReader groups, ScoreMode mode,
                                                     const base::Cancellation& cancellation);

}  // namespace selene::search
