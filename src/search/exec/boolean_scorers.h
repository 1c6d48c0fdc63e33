#pragma once

#include <vector>

#include "search/exec/scorer.h"

namespace selene::search {

/// Documents that all of `required` hold, by leap-frogging from the rarest. Score: sum (in double) over `scoring`, a part of
/// `required`.
class ConjunctionScorer final : public Scorer {
 public:
  /// `scoring[i]`: whether required[i] adds to the score. REQUIRES: both of the same size, not empty.
  ConjunctionScorer(std::vector<ScorerPtr> required, const std::vector<bool>& scoring);
  DocId next() override { return doc_ = align(scorers_.front()->next()); }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    return doc_ = align(scorers_.front()->advance(target));
  }
  float score() override;
  int64_t cost() const override { return scorers_.front()->cost(); }

 private:
  DocId align(DocId candidate);

  std::vector<ScorerPtr> scorers_;  ///< rarest first
  std::vector<Scorer*> scoring_;    ///< in clause order
};

/// Documents that at least `min_should_match` of the scorers hold. Score: sum of those that match (in double), or for `tie_breaker`
/// the best plus tie_breaker times the others.
class DisjunctionScorer final : public Scorer {
 public:
  enum class Combine : uint8_t { kSum, kMax };
  DisjunctionScorer(std::vector<ScorerPtr> scorers, int32_t min_should_match, Combine combine = Combine::kSum,
                    float tie_breaker = 0);
  DocId next() override { return advance(doc_ + 1); }
  DocId advance(DocId target) override;
  float score() override;
  int64_t cost() const override { return cost_; }

 private:
  void sift_down(size_t at);
  int32_t matching(DocId doc) const;

  std::vector<ScorerPtr> scorers_;  ///< in clause order
  std::vector<Scorer*> heap_;       ///< smallest doc on top
  int32_t min_should_match_;
  Combine combine_;
  float tie_breaker_;
  int64_t cost_ = 0;
};

/// The documents of `required`; where `optional` matches too, its score is added.
class RequiredOptionalScorer final : public Scorer {
 public:
  RequiredOptionalScorer(ScorerPtr required, ScorerPtr optional) : required_(std::move(required)), optional_(std::move(optional)) {
    doc_ = required_->doc();
  }
  DocId next() override { return doc_ = required_->next(); }
  DocId advance(DocId target) override { return doc_ = required_->advance(target); }
  float score() override {
    const float score = required_->score();
    return optional_->advance(doc_) == doc_ ? score + optional_->score() : score;
  }
  int64_t cost() const override { return required_->cost(); }

 private:
  ScorerPtr required_;
  ScorerPtr optional_;
};

/// The documents of `required` that `excluded` does not hold.
class ExcludingScorer final : public Scorer {
 public:
  ExcludingScorer(ScorerPtr required, ScorerPtr excluded) : required_(std::move(required)), excluded_(std::move(excluded)) {
    doc_ = skip_excluded(required_->doc());
  }
  DocId next() override { return doc_ = skip_excluded(required_->next()); }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    return doc_ = skip_excluded(required_->advance(target));
  }
  float score() override { return required_->score(); }
  int64_t cost() const override { return required_->cost(); }
  void set_min_competitive_score(float score) override { required_->set_min_competitive_score(score); }

 private:
  DocId skip_excluded(DocId doc) {
    while (doc != kNoMoreDocs && excluded_->advance(doc) == doc) doc = required_->next();
    return doc;
  }

  ScorerPtr required_;
  ScorerPtr excluded_;
};

/// The documents of `positive`, their scores multiplied by `boost` and, where `negative` (may be null) matches too, by
/// `negative_boost`.
class BoostingScorer final : public Scorer {
 public:
  BoostingScorer(ScorerPtr positive, ScorerPtr negative, float negative_boost, float boost)
      : positive_(std::move(positive)), negative_(std::move(negative)), negative_boost_(negative_boost), boost_(boost) {
    doc_ = positive_->doc();
  }
  DocId next() override { return doc_ = positive_->next(); }
  DocId advance(DocId target) override { return doc_ = positive_->advance(target); }
  float score() override {
    const float score = positive_->score() * boost_;
    return negative_ != nullptr && negative_->advance(doc_) == doc_ ? score * negative_boost_ : score;
  }
  int64_t cost() const override { return positive_->cost(); }

 private:
  ScorerPtr positive_;
  ScorerPtr negative_;
  float negative_boost_;
  float boost_;
};

}  // namespace selene::search
