#include "search/exec/weight.h"

namespace selene::search {

Explanation Weight::explain(const SegmentContext& segment, DocId doc) const {
  const ScorerPtr found = scorer(segment);
  if (found == nullptr || found->advance(doc) != doc) return {false, 0, "no matching term", {}};
  return {true, found->score(), description(), {}};
}

bool MatchNoneWeight::add_filter_key(FilterKey& key) const {
  key.kind('0').set_cost(FilterKey::Cost::kQuick);
  return true;
}

bool MatchAllWeight::add_filter_key(FilterKey& key) const {
  key.kind('*').set_cost(FilterKey::Cost::kQuick);
  return true;
}

ScorerPtr MatchAllWeight::scorer(const SegmentContext& segment) const {
  return std::make_unique<AllDocsScorer>(segment.reader().max_doc(), score_);
}

ScorerPtr ConstantScoreWeight::scorer(const SegmentContext& segment) const {
  ScorerPtr inner = inner_->scorer(segment);
  if (inner == nullptr) return nullptr;
  return std::make_unique<ConstantScorer>(std::move(inner), score_);
}

}  // namespace selene::search
