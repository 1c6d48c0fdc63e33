#pragma once

#include <string>
#include <vector>

#include "search/exec/bm25.h"
#include "search/exec/statistics.h"
#include "search/exec/weight.h"

namespace selene::search {

/// Terms that mean the same, scored as one: their frequencies are summed, the largest document frequency counts (Lucene's
/// SynonymQuery).
class SynonymWeight final : public Weight {
 public:
  SynonymWeight(const index::Snapshot& snapshot, const index::MappedField& field, std::vector<std::string> terms, float boost);
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  std::string description() const override;

 private:
  std::string field_;
  std::vector<std::string> terms_;
  bool has_freqs_;
  bool has_norms_;
  std::vector<TermStatistics> statistics_;
  Bm25Scorer bm25_;
};

}  // namespace selene::search
