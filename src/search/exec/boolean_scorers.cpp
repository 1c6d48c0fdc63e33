#include "search/exec/boolean_scorers.h"

#include <algorithm>

namespace selene::search {

ConjunctionScorer::ConjunctionScorer(std::vector<ScorerPtr> required, const std::vector<bool>& scoring)
    : scorers_(std::move(required)) {
  for (size_t i = 0; i < scorers_.size(); ++i) {
    if (scoring[i]) scoring_.push_back(scorers_[i].get());
  }
  std::stable_sort(scorers_.begin(), scorers_.end(), [](const ScorerPtr& a, const ScorerPtr& b) { return a->cost() < b->cost(); });
  doc_ = align(scorers_.front()->doc());
}

DocId ConjunctionScorer::align(DocId candidate) {
  size_t i = 1;
  while (candidate != kNoMoreDocs && i < scorers_.size()) {
    const DocId found = scorers_[i]->advance(candidate);
    if (found == candidate) {
      ++i;
      continue;
    }
    candidate = scorers_.front()->advance(found);
    i = 1;
  }
  return candidate;
}

float ConjunctionScorer::score() {
  double sum = 0;
  for (Scorer* scorer : scoring_) sum += static_cast<double>(scorer->score());
  return static_cast<float>(sum);
}

DisjunctionScorer::DisjunctionScorer(std::vector<ScorerPtr> scorers, int32_t min_should_match, Combine combine, float tie_breaker)
    : scorers_(std::move(scorers)), min_should_match_(std::max(1, min_should_match)), combine_(combine), tie_breaker_(tie_breaker) {
  for (const ScorerPtr& scorer : scorers_) {
    heap_.push_back(scorer.get());
    cost_ += scorer->cost();
  }
  for (size_t i = heap_.size() / 2; i-- > 0;) sift_down(i);
  doc_ = -1;
  advance(0);
}

void DisjunctionScorer::sift_down(size_t at) {
  Scorer* const moved = heap_[at];
  const DocId doc = moved->doc();
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->doc() < heap_[child]->doc()) ++child;
    if (heap_[child]->doc() >= doc) break;
    heap_[at] = heap_[child];
    at = child;
  }
  heap_[at] = moved;
}

int32_t DisjunctionScorer::matching(DocId doc) const {
  return static_cast<int32_t>(
      std::count_if(heap_.begin(), heap_.end(), [doc](const Scorer* scorer) { return scorer->doc() == doc; }));
}

DocId DisjunctionScorer::advance(DocId target) {
  if (target <= doc_ || heap_.empty()) return heap_.empty() ? doc_ = kNoMoreDocs : doc_;
  for (;;) {
    while (heap_.front()->doc() < target) {
      heap_.front()->advance(target);
      sift_down(0);
    }
    const DocId found = heap_.front()->doc();
    if (found == kNoMoreDocs || min_should_match_ == 1 || matching(found) >= min_should_match_) return doc_ = found;
    target = found + 1;
  }
}

float DisjunctionScorer::score() {
  if (combine_ == Combine::kSum) {
    double sum = 0;
    for (const ScorerPtr& scorer : scorers_) {
      if (scorer->doc() == doc_) sum += static_cast<double>(scorer->score());
    }
    return static_cast<float>(sum);
  }
  float best = 0;
  double others = 0;
  for (const ScorerPtr& scorer : scorers_) {
    if (scorer->doc() != doc_) continue;
    const float score = scorer->score();
    if (score >= best) {
      others += static_cast<double>(best);
      best = score;
    } else {
      others += static_cast<double>(score);
    }
  }
  return static_cast<float>(static_cast<double>(best) + others * static_cast<double>(tie_breaker_));
}

}  // namespace selene::search
