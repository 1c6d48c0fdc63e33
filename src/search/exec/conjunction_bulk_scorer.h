#pragma once

#include <memory>
#include <vector>

#include "search/exec/bulk_scorer.h"
#include "search/exec/bulk_term.h"
#include "search/exec/weight.h"

namespace selene::search {

/// All of some terms, scores summed in double: what ConjunctionScorer gives, to the last bit. Goes along the rarest list block by
/// block; a stretch of documents whose best scores together stay below the bar is passed over.
class ConjunctionBulkScorer final : public BulkScorer {
 public:
  /// `terms` in clause order. Null if sums might depend on their order.
  static std::unique_ptr<BulkScorer> create(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment);
  bool collect(TopScores& top, const base::Cancellation& cancellation) override;

 private:
  struct Candidate {
    DocId doc;
    int32_t place;  ///< in the leading block
    double score;   ///< of the other terms
  };
  ConjunctionBulkScorer(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment);
  DocId pass_over(DocId from, double bar);
  void collect_block(std::span<const DocId> docs, TopScores& top);

  std::vector<std::unique_ptr<BulkTerm>> terms_;  ///< rarest first
  const index::SegmentView& view_;
  std::vector<double> max_below_;  ///< [i]: sum of list_max behind term i
  std::vector<Candidate> candidates_;
};

}  // namespace selene::search
