#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "index/segments/snapshot.h"

namespace selene::search {

/// What BM25 needs of one field of one index (of all of a CollectionSnapshot): sums over all its segments, deleted documents
/// counted until they are merged away.
struct FieldStatistics {
  int64_t doc_count = 0;  ///< documents that have the field: N
  int64_t sum_total_term_freq = 0;
  int64_t sum_doc_freq = 0;
};
FieldStatistics field_statistics(const index::Snapshot& snapshot, std::string_view field);

/// Mean field length in float. Fields without frequencies count distinct terms. 1 if no document has the field.
float average_length(const FieldStatistics& statistics, bool has_freqs);

/// One term over all segments. `metas[i]`: in segment i; empty where it does not stand. `doc_freq`: of all indices of a
/// CollectionSnapshot.
struct TermStatistics {
  int64_t doc_freq = 0;
  std::vector<std::optional<index::TermMeta>> metas;
};
/// At least so many live documents hold the term.
int64_t live_matches(const index::Snapshot& snapshot, const TermStatistics& statistics);
TermStatistics term_statistics(const index::Snapshot& snapshot, std::string_view field, std::string_view term);

}  // namespace selene::search
