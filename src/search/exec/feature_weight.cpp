#include "search/exec/feature_weight.h"

#include "index/mapping/feature_weight.h"

namespace selene::search {
namespace {

class FeatureScorer final : public Scorer {
 public:
  FeatureScorer(index::PostingsCursor cursor, const FeatureWeight::Score& score) : cursor_(std::move(cursor)), score_(score) {
    doc_ = cursor_.doc();
  }
  DocId next() override { return doc_ = cursor_.next(); }
  DocId advance(DocId target) override { return doc_ = cursor_.advance(target); }
  float score() override { return score_(index::decode_feature_weight(static_cast<int32_t>(cursor_.freq()))); }
  int64_t cost() const override { return cursor_.doc_freq(); }

 private:
  index::PostingsCursor cursor_;
  const FeatureWeight::Score& score_;
};

}  // namespace

ScorerPtr FeatureWeight::scorer(const SegmentContext& segment) const {
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  if (terms == nullptr) return nullptr;
  const auto meta = terms->find(feature_);
  if (!meta) return nullptr;
  return std::make_unique<FeatureScorer>(terms->postings(*meta), score_);
}

}  // namespace selene::search
