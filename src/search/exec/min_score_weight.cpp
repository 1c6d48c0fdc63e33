#include "search/exec/min_score_weight.h"

namespace selene::search {
namespace {

class MinScoreScorer final : public Scorer {
 public:
  MinScoreScorer(ScorerPtr inner, float min_score) : inner_(std::move(inner)), min_score_(min_score) {
    doc_ = skip_low(inner_->doc());
  }
  DocId next() override { return doc_ = skip_low(inner_->next()); }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    return doc_ = skip_low(inner_->advance(target));
  }
  float score() override { return inner_->score(); }
  int64_t cost() const override { return inner_->cost(); }

 private:
  DocId skip_low(DocId doc) {
    while (doc != kNoMoreDocs && !(inner_->score() >= min_score_)) doc = inner_->next();
    return doc;
  }

  ScorerPtr inner_;
  float min_score_;
};

}  // namespace

ScorerPtr MinScoreWeight::scorer(const SegmentContext& segment) const {
  ScorerPtr inner = inner_->scorer(segment);
  if (inner == nullptr) return nullptr;
  return std::make_unique<MinScoreScorer>(std::move(inner), min_score_);
}

}  // namespace selene::search
