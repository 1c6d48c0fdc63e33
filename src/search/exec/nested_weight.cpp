#include "search/exec/nested_weight.h"

#include <algorithm>

#include "search/exec/boolean_scorers.h"
#include "search/exec/doc_set_weight.h"

namespace selene::search {
namespace {

class NestedScorer final : public Scorer {
 public:
  NestedScorer(ScorerPtr child, NestedParents parents, DocId max_doc, NestedScoreMode mode)
      : child_(std::move(child)), parents_(std::move(parents)), max_doc_(max_doc), mode_(mode) {
    doc_ = collect();
  }
  DocId next() override { return doc_ = collect(); }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    if (target >= max_doc_) return doc_ = kNoMoreDocs;
    const DocId parent = parents_.at_or_after(target);
    if (parent == kNoMoreDocs) return doc_ = kNoMoreDocs;
    child_->advance(parents_.begin_of(parent));
    return doc_ = collect();
  }
  float score() override { return score_; }
  int64_t cost() const override { return child_->cost(); }

 private:
  /// Takes all children of the next document that has any.
  DocId collect() {
    DocId parent = child_->doc();
    if (parent == kNoMoreDocs) return kNoMoreDocs;
    parent = parents_.at_or_after(parent);
    if (parent == kNoMoreDocs) return kNoMoreDocs;
    double sum = 0;
    float best = 0;
    int32_t count = 0;
    for (; child_->doc() < parent; child_->next()) {
      if (mode_ == NestedScoreMode::kNone) continue;
      const float score = child_->score();
      sum += static_cast<double>(score);
      const bool better = mode_ == NestedScoreMode::kMin ? score < best : score > best;
      if (count++ == 0 || better) best = score;
    }
    const bool sums = mode_ == NestedScoreMode::kSum || mode_ == NestedScoreMode::kAvg;
    score_ = !sums ? best : static_cast<float>(mode_ == NestedScoreMode::kAvg ? sum / std::max(count, 1) : sum);
    return parent;
  }

  ScorerPtr child_;
  NestedParents parents_;
  DocId max_doc_;
  NestedScoreMode mode_;
  float score_ = 0;
};

}  // namespace

std::vector<DocId> nested_docs(const SegmentContext& segment, std::string_view path) {
  std::vector<DocId> docs;
  const index::FieldTerms* const terms = segment.reader().terms(index::kNestedPathField);
  if (terms == nullptr) return docs;
  if (const auto meta = terms->find(path)) append_postings(terms->postings(*meta), docs);
  return docs;
}

NestedParents::NestedParents(const SegmentContext& segment, std::string_view scope)
    : nested_(*segment.reader().nested()), rooted_(scope.empty()) {
  if (!rooted_) docs_ = nested_docs(segment, scope);
}

DocId NestedParents::at_or_after(DocId doc) const {
  if (rooted_) return nested_.root_of(doc);
  const auto at = std::lower_bound(docs_.begin(), docs_.end(), doc);
  return at == docs_.end() ? kNoMoreDocs : *at;
}

DocId NestedParents::begin_of(DocId parent) const {
  if (rooted_) return nested_.block_begin(parent);
  const auto at = std::lower_bound(docs_.begin(), docs_.end(), parent);
  const DocId previous = at == docs_.begin() ? 0 : *std::prev(at) + 1;
  return std::max(previous, nested_.block_begin(nested_.root_of(parent)));
}

ScorerPtr nested_docs_scorer(const SegmentContext& segment, std::string_view path) {
  std::vector<DocId> docs = nested_docs(segment, path);
  if (docs.empty()) return nullptr;
  return std::make_unique<DocListScorer>(std::move(docs), 0.0F);
}

ScorerPtr NestedDocsWeight::scorer(const SegmentContext& segment) const {
  ScorerPtr docs = nested_docs_scorer(segment, path_);
  if (docs == nullptr) return nullptr;
  ScorerPtr inner = inner_->scorer(segment);
  if (inner == nullptr) return nullptr;
  std::vector<ScorerPtr> both;
  both.push_back(std::move(inner));
  both.push_back(std::move(docs));
  return std::make_unique<ConjunctionScorer>(std::move(both), std::vector<bool>{true, false});
}

ScorerPtr NestedWeight::scorer(const SegmentContext& segment) const {
  if (segment.reader().nested() == nullptr) return nullptr;
  ScorerPtr child = child_->scorer(segment);
  if (child == nullptr || child->doc() == kNoMoreDocs) return nullptr;
  return std::make_unique<NestedScorer>(std::move(child), NestedParents(segment, scope_), segment.reader().max_doc(), mode_);
}

bool NestedWeight::add_filter_key(FilterKey& key) const {
  key.kind('j').add(path_).add(scope_);
  const bool known = child_->add_filter_key(key);
  key.set_cost(FilterKey::Cost::kCostly);
  return known;
}

bool NestedDocsWeight::add_filter_key(FilterKey& key) const {
  key.kind('o').add(path_);
  return inner_->add_filter_key(key);
}

}  // namespace selene::search
