#include "search/exec/max_score_scorer.h"

#include <algorithm>

namespace selene::search {

MaxScoreScorer::MaxScoreScorer(std::vector<std::unique_ptr<TermScorer>> terms)
    : terms_(std::move(terms)), bounds_(terms_.size()), parts_(terms_.size()) {
  for (size_t i = 0; i < terms_.size(); ++i) {
    by_bound_.push_back({terms_[i].get(), i, terms_[i]->max_score(), 0});
    cost_ += terms_[i]->cost();
  }
  doc_ = -1;
  advance(0);
}

/// Whether a document whose terms sum up to `bound` could compete. The factor covers sums taken in another order.
bool MaxScoreScorer::reaches(double bound) const { return static_cast<float>(bound * (1 + 1e-12)) >= min_competitive_; }

void MaxScoreScorer::set_min_competitive_score(float score) {
  if (score <= min_competitive_) return;
  min_competitive_ = score;
  window_end_ = std::min(window_end_, doc_ + 1);  // split the terms anew
}

void MaxScoreScorer::begin_window(DocId target) {
  std::sort(by_bound_.begin(), by_bound_.end(),
            [](const Term& a, const Term& b) { return a.list_max != b.list_max ? a.list_max < b.list_max : a.place < b.place; });
  double sum = 0;
  window_end_ = kNoMoreDocs;
  for (Term& term : by_bound_) {
    sum += static_cast<double>(term.list_max);
    term.window_max = term.list_max;
    if (min_competitive_ == 0 || !reaches(sum)) continue;
    // A term that has to be walked anyway: its block says more than its list, and ends the window.
    DocId last = kNoMoreDocs;
    term.window_max = term.scorer->doc() == kNoMoreDocs ? 0 : term.scorer->block_max_score(target, &last);
    if (last < kNoMoreDocs) window_end_ = std::min(window_end_, last + 1);
  }
  std::sort(by_bound_.begin(), by_bound_.end(), [](const Term& a, const Term& b) {
    return a.window_max != b.window_max ? a.window_max < b.window_max : a.place < b.place;
  });
  sum = 0;
  first_essential_ = by_bound_.size();
  for (size_t i = 0; i < by_bound_.size(); ++i) {
    sum += static_cast<double>(by_bound_[i].window_max);
    bounds_[i] = sum;
    if (first_essential_ == by_bound_.size() && reaches(sum)) first_essential_ = i;
  }
}

DocId MaxScoreScorer::next_candidate(DocId target) {
  DocId candidate = kNoMoreDocs;
  for (size_t i = first_essential_; i < by_bound_.size(); ++i) {
    TermScorer& scorer = *by_bound_[i].scorer;
    candidate = std::min(candidate, scorer.doc() < target ? scorer.advance(target) : scorer.doc());
  }
  return candidate;
}

bool MaxScoreScorer::evaluate(DocId candidate) {
  std::fill(parts_.begin(), parts_.end(), 0.0F);
  double partial = 0;
  for (size_t i = by_bound_.size(); i-- > 0;) {
    const Term& term = by_bound_[i];
    if (i < first_essential_) {
      if (!reaches(partial + bounds_[i])) return false;
      if (term.scorer->doc() < candidate) term.scorer->advance(candidate);
    }
    if (term.scorer->doc() != candidate) continue;
    parts_[term.place] = term.scorer->score();
    partial += static_cast<double>(parts_[term.place]);
  }
  double sum = 0;
  for (const float part : parts_) sum += static_cast<double>(part);
  score_ = static_cast<float>(sum);
  return score_ >= min_competitive_;
}

DocId MaxScoreScorer::advance(DocId target) {
  if (target <= doc_) return doc_;
  for (;;) {
    if (target >= window_end_) begin_window(target);
    const DocId candidate = next_candidate(target);
    if (candidate >= window_end_ && window_end_ != kNoMoreDocs) {
      target = window_end_;
      continue;
    }
    if (candidate == kNoMoreDocs) return doc_ = kNoMoreDocs;
    if (evaluate(candidate)) return doc_ = candidate;
    target = candidate + 1;
  }
}

}  // namespace selene::search
