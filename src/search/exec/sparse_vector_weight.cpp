#include "search/exec/sparse_vector_weight.h"

#include <algorithm>

#include "base/format.h"
#include "index/mapping/feature_weight.h"
#include "search/exec/boolean_scorers.h"
#include "search/exec/disjunction_bulk_scorer.h"

namespace selene::search {
namespace {

class TokenScorer final : public Scorer {
 public:
  TokenScorer(index::PostingsCursor cursor, float weight) : cursor_(std::move(cursor)), weight_(weight) { doc_ = cursor_.doc(); }
  DocId next() override { return doc_ = cursor_.next(); }
  DocId advance(DocId target) override { return doc_ = cursor_.advance(target); }
  float score() override { return weight_ * index::decode_feature_weight(cursor_.freq()); }
  int64_t cost() const override { return cursor_.doc_freq(); }

 private:
  index::PostingsCursor cursor_;
  float weight_;
};

}  // namespace

ScorerPtr SparseVectorWeight::scorer(const SegmentContext& segment) const {
  std::vector<ScorerPtr> scorers;
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  for (const SparseToken& token : tokens_) {
    const auto& meta = token.statistics.metas[segment.ordinal];
    if (meta) scorers.push_back(std::make_unique<TokenScorer>(terms->postings(*meta), token.weight));
  }
  if (scorers.empty()) return nullptr;
  if (scorers.size() == 1) return std::move(scorers.front());
  return std::make_unique<DisjunctionScorer>(std::move(scorers), 1);
}

/// None for a segment from before blocks knew their largest weight.
std::unique_ptr<BulkScorer> SparseVectorWeight::bulk_scorer(const SegmentContext& segment) const {
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  if (terms == nullptr || !terms->freqs_are_weights()) return nullptr;
  std::vector<std::unique_ptr<BulkTerm>> found;
  for (const SparseToken& token : tokens_) {
    const auto& meta = token.statistics.metas[segment.ordinal];
    if (!meta) continue;
    found.push_back(std::make_unique<BulkTerm>(terms->list(*meta), token.weight));
  }
  return DisjunctionBulkScorer::create(std::move(found), segment);
}

int64_t SparseVectorWeight::known_matches(const index::Snapshot& snapshot) const {
  int64_t known = 0;
  for (const SparseToken& token : tokens_) known = std::max(known, live_matches(snapshot, token.statistics));
  return known;
}

Explanation SparseVectorWeight::explain(const SegmentContext& segment, DocId doc) const {
  const ScorerPtr found = scorer(segment);
  if (found == nullptr || found->advance(doc) != doc) return {false, 0, "no matching token", {}};
  Explanation sum{true, found->score(), "sum of:", {}};
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  for (const SparseToken& token : tokens_) {
    const auto& meta = token.statistics.metas[segment.ordinal];
    if (!meta) continue;
    index::PostingsCursor cursor = terms->postings(*meta);
    if (cursor.advance(doc) != doc) continue;
    const float stored = index::decode_feature_weight(cursor.freq());
    sum.details.push_back(
        {true,
         token.weight * stored,
         base::format("Linear function on the {} field for the {} feature, computed as w * S from:", field_, token.token),
         {{true, token.weight, "w, weight of this function", {}}, {true, stored, "S, feature value", {}}}});
  }
  if (sum.details.size() == 1) return std::move(sum.details.front());
  return sum;
}

std::string SparseVectorWeight::description() const {
  std::string text;
  for (const SparseToken& token : tokens_) {
    if (!text.empty()) text += ' ';
    text +=
        base::format("FeatureQuery(field={}, feature={}, function=FeatureLinearFunction)^{}", field_, token.token, token.weight);
  }
  return text;
}

}  // namespace selene::search
