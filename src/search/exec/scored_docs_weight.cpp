#include "search/exec/scored_docs_weight.h"

#include <algorithm>

namespace selene::search {
namespace {

class ScoredDocsScorer final : public Scorer {
 public:
  explicit ScoredDocsScorer(const std::vector<ScoredDoc>& docs) : docs_(docs) { doc_ = docs_.empty() ? kNoMoreDocs : docs_[0].doc; }
  DocId next() override { return doc_ = ++at_ < docs_.size() ? docs_[at_].doc : kNoMoreDocs; }
  DocId advance(DocId target) override {
    while (at_ < docs_.size() && docs_[at_].doc < target) ++at_;
    return doc_ = at_ < docs_.size() ? docs_[at_].doc : kNoMoreDocs;
  }
  float score() override { return docs_[at_].score; }
  int64_t cost() const override { return static_cast<int64_t>(docs_.size()); }

 private:
  const std::vector<ScoredDoc>& docs_;
  size_t at_ = 0;
};

}  // namespace

ScoredDocsWeight::ScoredDocsWeight(std::vector<std::vector<ScoredDoc>> segments, std::string description)
    : segments_(std::move(segments)), description_(std::move(description)) {
  for (std::vector<ScoredDoc>& docs : segments_) std::ranges::sort(docs, {}, &ScoredDoc::doc);
}

ScorerPtr ScoredDocsWeight::scorer(const SegmentContext& segment) const {
  if (segment.ordinal >= segments_.size() || segments_[segment.ordinal].empty()) return nullptr;
  return std::make_unique<ScoredDocsScorer>(segments_[segment.ordinal]);
}

Explanation ScoredDocsWeight::explain(const SegmentContext& segment, DocId doc) const {
  if (segment.ordinal < segments_.size()) {
    for (const ScoredDoc& found : segments_[segment.ordinal]) {
      if (found.doc == doc) return {true, found.score, description_, {}};
    }
  }
  return {false, 0, "not in top k documents", {}};
}

}  // namespace selene::search
