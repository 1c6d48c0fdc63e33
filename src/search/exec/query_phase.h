#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/cancellation.h"
#include "index/segments/snapshot.h"
#include "search/backends/search_backend.h"
#include "search/exec/parallel_runs.h"
#include "search/exec/weight.h"

namespace selene::search {

/// A document of one snapshot (its id there).
struct ScoredDoc {
  DocId doc = 0;
  float score = 0;
};

/// What one index is asked for.
struct QueryPhaseOptions {
  int32_t num_hits = 10;
  std::optional<float> min_score;          ///< inclusive; documents below it are not counted either
  const Weight* post_filter = nullptr;     ///< hits and total only
  int32_t track_total_hits_up_to = 10000;  ///< 0: do not count; INT32_MAX: exactly
  int32_t terminate_after = 0;             ///< documents to visit at most; 0: all
  FreeThreads threads = {};                ///< that may take segments of a large search; the result is the same
  std::optional<ScoredDoc> after;          ///< only documents that rank behind it (by score); they are counted all the same
};

struct ShardTopDocs {
  std::vector<ScoredDoc> docs;  ///< score descending, then doc ascending
  int64_t total_hits = 0;       ///< a lower bound if `total_relation` says so
  TotalRelation total_relation = TotalRelation::kEqualTo;
  bool timed_out = false;
  bool terminated_early = false;
};

/// The best documents by score. REQUIRES: `weight` bound with kTopScores or kComplete.
ShardTopDocs find_top_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                           const base::Cancellation& cancellation);

/// How many documents match, counted up to `limit` (then a lower bound).
TotalHits count_matches(const index::Snapshot& snapshot, const Weight& weight, int64_t limit,
                        const base::Cancellation& cancellation);

/// Totals of several indices, cut to `limit` as Elasticsearch shows them.
TotalHits clip_total(int64_t value, TotalRelation relation, int64_t limit);

}  // namespace selene::search
