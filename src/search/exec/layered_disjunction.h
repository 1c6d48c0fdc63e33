#pragma once

#include <memory>
#include <vector>

#include "base/cancellation.h"
#include "search/exec/bulk_term.h"
#include "search/exec/top_scores.h"
#include "search/exec/window_sums.h"

namespace selene::search {

/// Any of some terms whose stored weights are in layers (index::WeightLayer): finds the documents that reach the bar, scores summed
/// in double as DisjunctionBulkScorer does.
///
/// Of each list the heaviest layers are added up, as many that what is left out everywhere (the rests) makes up a part of the bar
/// only. A document that reaches the bar therefore stands in one of them. It scores at most its sum plus the rests of the lists
/// whose layers it is not in; those that may reach the bar are looked up in the whole lists, the list with the largest rest first,
/// until that bound is their score or below the bar. The bar comes from the documents that are best by their heaviest weights, and
/// rises once more before the other look-ups: the candidates of the highest bounds are scored first.
///
/// One thread. `terms` and the view outlive it; they are asked for documents in ascending order, between `prepare` and the end.
/// Source: Kane & Tompa, "Split-lists and initial thresholds for WAND-based search", SIGIR 2018.
class LayeredDisjunction {
 public:
  /// Null if no list has layers. REQUIRES: sums of the terms are exact (sums_are_exact).
  static std::unique_ptr<LayeredDisjunction> create(const std::vector<std::unique_ptr<BulkTerm>>& terms,
                                                    const index::SegmentView& view);
  /// Raises the bar and decides what is added up. REQUIRES: top.pruning().
  void prepare(TopScores& top);
  /// Offers what reaches the bar from `begin` on. False if `cancellation` ended it.
  bool collect(DocId begin, TopScores& top, const base::Cancellation& cancellation);

 private:
  static constexpr DocId kWindow = 32768;
  /// A part of a list that may be added up, and what is left out then.
  struct Layer {
    index::PostingList postings;
    std::unique_ptr<BulkTerm> list;  ///< once it is added up
    float rest;                      ///< no score of the term is higher in a document that is in no layer up to this one
    int64_t num_postings;            ///< of the layers up to this one
  };
  struct Term {
    BulkTerm* whole;
    std::vector<Layer> layers;  ///< heaviest first
    size_t level = 0;           ///< layers that are added up; layers.size() + 1: the whole list instead
    size_t next_level = 0;      ///< what to deepen it to, and what that spares for each posting
    double gain = -1;
    float rest(size_t of_level) const;
    int64_t num_postings(size_t of_level) const;
    BulkTerm& list_of(Layer& layer) const;
    void find_next_level();
  };
  struct Candidate {
    DocId doc;
    double bound;  ///< scores no more than this
  };
  enum class Sums : uint8_t { kScores, kScoresOverRest };

  explicit LayeredDisjunction(const index::SegmentView& view) : view_(view) {}
  void add_up(DocId begin, DocId end, Sums sums);
  void rewind();
  void raise_bar(TopScores& top);
  void add_likely_scores(std::vector<Candidate>& docs);
  bool deepen_best_term();
  void choose_levels(double bar);
  double sum_of_rests() const;
  void sort_by_rest();
  void look_up(Term& term, double bar, std::vector<Candidate>& docs);
  void find_candidates(DocId begin, DocId end, double bar);
  void score(std::vector<Candidate>& docs, double bar);
  void score_best(TopScores& top);
  double bound_of_rank(const std::vector<Candidate>& docs, size_t rank);
  void offer_candidates(TopScores& top);

  const index::SegmentView& view_;
  std::vector<Term> terms_;  ///< after prepare: the highest rest first
  double sum_of_rests_ = 0;
  std::vector<Candidate> candidates_;  ///< ascending
  std::vector<Candidate> best_;        ///< scored first, ascending
  std::vector<double> bounds_;
  WindowSums<kWindow> sums_;
};

}  // namespace selene::search
