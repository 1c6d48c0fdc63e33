#pragma once

#include <memory>
#include <vector>

#include "search/exec/term_weight.h"

namespace selene::search {

/// Any of some terms, scores summed in double in the order of the terms: what DisjunctionScorer gives, to the last bit, but
/// documents that cannot reach the competitive score are passed over. In each window of documents the terms are split by the best
/// score they can still give there: those that could not even together lift a document over the bar are only looked up, never
/// walked. Source: Turtle & Flood 1995 (MaxScore); Ding & Suel, SIGIR 2011 (block maxima).
class MaxScoreScorer final : public Scorer {
 public:
  /// REQUIRES: at least two terms.
  explicit MaxScoreScorer(std::vector<std::unique_ptr<TermScorer>> terms);
  DocId advance(DocId target) override;
  float score() override { return score_; }
  int64_t cost() const override { return cost_; }
  void set_min_competitive_score(float score) override;

 private:
  struct Term {
    TermScorer* scorer = nullptr;
    size_t place = 0;      ///< among the terms as given
    float list_max = 0;    ///< no document scores higher
    float window_max = 0;  ///< nor, in this window, higher than this
  };
  bool reaches(double bound) const;
  void begin_window(DocId target);
  DocId next_candidate(DocId target);
  bool evaluate(DocId candidate);

  std::vector<std::unique_ptr<TermScorer>> terms_;
  std::vector<Term> by_bound_;  ///< window_max ascending
  std::vector<double> bounds_;  ///< [i]: sum of window_max of the first i + 1 terms
  std::vector<float> parts_;    ///< score of each term (by place) in the candidate, 0 where it does not stand
  size_t first_essential_ = 0;  ///< into by_bound_; its size: nothing competes in this window
  DocId window_end_ = 0;        ///< exclusive
  float min_competitive_ = 0;
  float score_ = 0;
  int64_t cost_ = 0;
};

}  // namespace selene::search
