#include "search/query/exact_knn_query.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "index/vectors/nearness.h"
#include "index/vectors/segment_vectors.h"
#include "search/query/knn_query.h"

namespace selene::search {
namespace {

/// What the objects of one index are compared with.
struct ExactSearch {
  const index::MappedField& field;
  std::vector<float> vector;
  std::optional<float> similarity;
  KnnFilters filters;  ///< of the objects
  float boost = 1;
};

class ExactKnnScorer final : public Scorer {
 public:
  ExactKnnScorer(const ExactSearch& search, const index::SegmentVectors& vectors, const std::vector<DocId>& docs,
                 std::optional<index::OrdinalSet> accepted)
      : search_(search), comparer_(vectors.rows().comparer(search.vector)), docs_(docs), accepted_(std::move(accepted)) {
    settle();
  }
  DocId next() override {
    ++ordinal_;
    return settle();
  }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    ordinal_ = static_cast<size_t>(std::lower_bound(docs_.begin(), docs_.end(), target) - docs_.begin());
    return settle();
  }
  float score() override { return index::score_of(*search_.field.vector, nearness_) * search_.boost; }
  int64_t cost() const override { return static_cast<int64_t>(docs_.size()); }

 private:
  /// From where it is to the first object that may be found.
  DocId settle() {
    for (; ordinal_ < docs_.size(); ++ordinal_) {
      const auto ordinal = static_cast<uint32_t>(ordinal_);
      if (accepted_ && !accepted_->has(ordinal)) continue;
      comparer_->compare({&ordinal, 1}, &nearness_);
      if (search_.similarity && nearness_ < index::least_nearness(*search_.field.vector, *search_.similarity)) continue;
      return doc_ = docs_[ordinal_];
    }
    return doc_ = kNoMoreDocs;
  }

  const ExactSearch& search_;
  std::unique_ptr<index::VectorComparer> comparer_;
  const std::vector<DocId>& docs_;
  std::optional<index::OrdinalSet> accepted_;
  size_t ordinal_ = 0;
  float nearness_ = 0;
};

class ExactKnnWeight final : public Weight {
 public:
  explicit ExactKnnWeight(ExactSearch search) : search_(std::move(search)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    const index::SegmentVectors* const vectors = segment.reader().vectors(search_.field.name);
    const std::vector<DocId>* const docs = segment.reader().docs_with_field(search_.field.name);
    if (vectors == nullptr || docs == nullptr || docs->size() != vectors->size()) return nullptr;
    std::optional<index::OrdinalSet> accepted;
    if (!search_.filters.of_objects.empty()) accepted = accepted_vectors(segment, *docs, search_.filters);
    return std::make_unique<ExactKnnScorer>(search_, *vectors, *docs, std::move(accepted));
  }
  std::string description() const override { return "exact nearness of [" + search_.field.name + "]"; }

 private:
  ExactSearch search_;
};

}  // namespace

base::Result<WeightPtr> ExactKnnQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  ASSIGN_OR_RETURN(std::optional<KnnQuery::Target> target, search_.target_in(context));
  if (!target) return std::make_unique<MatchNoneWeight>();
  ASSIGN_OR_RETURN(KnnFilters filters, search_.bind_filters(context, context.nested_scope));
  filters.of_documents.clear();  // the hit around the objects matched them
  return std::make_unique<ExactKnnWeight>(ExactSearch{*target->field, std::move(target->vector), search_.similarity(),
                                                      std::move(filters), parent_boost * search_.boost});
}

}  // namespace selene::search
