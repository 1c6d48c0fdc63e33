#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_writer.h"
#include "search/backends/local_backend.h"

namespace selene::search {

using ProfileClock = std::chrono::steady_clock;

inline int64_t ns_since(ProfileClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(ProfileClock::now() - start).count();
}

/// What one query took on one index, alone and for all its matches. Nanoseconds of the clock, with how often each was done.
struct QueryProfile {
  struct Part {
    int64_t time_ns = 0;
    int64_t count = 0;
  };
  std::string type;         ///< Lucene's class
  std::string description;  ///< in Lucene's notation
  Part create_weight;       ///< terms are looked up; of knn, the search
  Part build_scorer;        ///< one a segment
  Part next_doc;            ///< one a match, deleted documents too
  Part score;               ///< the same
  std::vector<QueryProfile> children;

  int64_t time_ns() const { return create_weight.time_ns + build_scorer.time_ns + next_doc.time_ns + score.time_ns; }
};

/// Profiles a query, its filters and all sub-queries, those of `nested` queries in their scope left out. What cannot be bound or
/// was cancelled has no times.
QueryProfile profile_query(const FilteredQuery& query, const LocalBackend& backend, const LocalTarget& target,
                           const base::Cancellation& cancellation);
void write_query_profile(const QueryProfile& profile, base::JsonWriter& out);

}  // namespace selene::search
