#pragma once

#include <string>

#include "search/exec/filter_cache.h"
#include "search/exec/weight.h"

namespace selene::search {

/// The documents of a filter, from the cache where it has them, and put there where it is worth it. Scores are never read.
class CachedFilterWeight final : public Weight {
 public:
  /// The filter itself if its documents cannot be cached or are found quickly. `cache` and `snapshot` outlive it. REQUIRES:
  /// `filter` bound to `snapshot` with ScoreMode::kNone.
  static WeightPtr wrap(WeightPtr filter, const index::Snapshot& snapshot, FilterCache& cache);

  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override { return filter_->add_filter_key(key); }
  int64_t known_matches(const index::Snapshot& snapshot) const override { return filter_->known_matches(snapshot); }
  Explanation explain(const SegmentContext& segment, DocId doc) const override { return filter_->explain(segment, doc); }
  std::string description() const override { return filter_->description(); }

 private:
  enum class Keep : uint8_t { kNo, kYes };
  CachedFilterWeight(WeightPtr filter, std::string key, Keep keep, const index::Snapshot& snapshot, FilterCache& cache)
      : filter_(std::move(filter)), key_(std::move(key)), keep_(keep), snapshot_(snapshot), cache_(cache) {}

  WeightPtr filter_;
  std::string key_;
  Keep keep_;
  const index::Snapshot& snapshot_;
  FilterCache& cache_;
};

}  // namespace selene::search
