#pragma once

#include <string>
#include <vector>

#include "search/exec/query_phase.h"
#include "search/exec/weight.h"

namespace selene::search {

/// Documents that were found before, each with its score.
class ScoredDocsWeight final : public Weight {
 public:
  /// `segments[ordinal]`: documents of that segment, in any order.
  ScoredDocsWeight(std::vector<std::vector<ScoredDoc>> segments, std::string description);
  ScorerPtr scorer(const SegmentContext& segment) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override { return description_; }

 private:
  std::vector<std::vector<ScoredDoc>> segments_;
  std::string description_;
};

}  // namespace selene::search
