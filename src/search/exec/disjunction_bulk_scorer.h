#pragma once

#include <memory>
#include <vector>

#include "search/exec/bulk_scorer.h"
#include "search/exec/bulk_term.h"
#include "search/exec/essential_share.h"
#include "search/exec/layered_disjunction.h"
#include "search/exec/threshold_sums.h"
#include "search/exec/weight.h"
#include "search/exec/window_sums.h"

namespace selene::search {

/// Any of some terms, scores summed in double: what DisjunctionScorer gives, to the last bit.
///
/// Works window by window. Terms whose best scores in the window could not even together lift a document over the bar are only
/// looked up (non-essential); of the others whole blocks are scored and added up (ThresholdSums), and documents that can still
/// compete are looked up in the rest, strongest first. The bar starts at what the lists guarantee. How many terms are
/// essential is more than that where look-ups turn out to cost more than adding up (EssentialShare), and all in the end.
///
/// Stored weights (sparse_vector) come with many terms, a few of them rare and heavy, and bounds of blocks say little: lists that
/// keep layers are left to LayeredDisjunction. Without layers the rare terms are added up first, for a bar.
///
/// Source: Turtle & Flood 1995 (MaxScore); Ding & Suel, SIGIR 2011 (block maxima); Lucene, MaxScoreBulkScorer (windows);
/// Kane & Tompa, "Split-lists and initial thresholds for WAND-based search", SIGIR 2018 (bar).
class DisjunctionBulkScorer final : public BulkScorer {
 public:
  /// Null if sums of these terms might depend on their order (weights further apart than a double can hold), or without terms.
  static std::unique_ptr<BulkScorer> create(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment);
  bool collect(TopScores& top, const base::Cancellation& cancellation) override;

 private:
  static constexpr DocId kWindow = ThresholdSums::kWindow;
  static constexpr DocId kNarrowWindow = kWindow / 4;  ///< whose sums in double stay in the first cache
  struct Bounded {
    BulkTerm* term;
    float max;  ///< in this window
  };

  DisjunctionBulkScorer(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment);
  void seed(TopScores& top) const;
  void prepare_pruning(TopScores& top);
  void raise_bar(TopScores& top);
  void collect_and_count(DocId begin, DocId end, TopScores& top);
  void collect_competitive(DocId begin, DocId end, TopScores& top);
  void collect_all(DocId begin, DocId end, TopScores& top);
  void collect_best(DocId begin, DocId end, TopScores& top);
  void offer(const SummedDocs& found, TopScores& top) const;
  DocId next_window(DocId end);
  void add_all(DocId begin, DocId end, std::span<const Bounded> terms);
  void gather(DocId begin, DocId end, std::span<const Bounded> essential, double bar, double rest);
  void gather_one(BulkTerm& term, DocId begin, DocId end, double needed);
  void look_up(BulkTerm& term, double bar, double sum_up_to, double sum_below);

  std::vector<std::unique_ptr<BulkTerm>> terms_;
  const index::SegmentView& view_;
  DocId max_doc_;
  DocId width_;                  ///< of windows
  EssentialShare essential_;     ///< so much of the bar, terms that are only looked up may give together
  std::vector<Bounded> by_max_;  ///< ascending
  std::vector<double> sums_;     ///< [i]: sum of max of the first i + 1
  double sum_of_list_max_ = 0;
  const index::PostingsKernels* kernels_ = &index::postings_kernels();
  SummedDocs candidates_;
  size_t num_postings_ = 0;  ///< added up in this window
  size_t num_look_ups_ = 0;
  std::unique_ptr<DocId[]> docs_of_one_;         ///< [kWindow + kSpare], where candidates_ of gather_one are
  std::unique_ptr<double[]> scores_of_one_;      ///< [kWindow + kSpare]
  std::unique_ptr<LayeredDisjunction> layered_;  ///< once documents may be passed over; null: lists without layers
  ThresholdSums window_;
};

}  // namespace selene::search
