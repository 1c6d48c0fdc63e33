#include "search/exec/scorer.h"

#include <algorithm>

namespace selene::search {

DocListScorer::DocListScorer(std::vector<DocId> docs, float score) : own_(std::move(docs)), docs_(own_), score_(score) {
  if (!docs_.empty()) doc_ = docs_.front();
}

DocListScorer::DocListScorer(std::shared_ptr<const void> owner, std::span<const DocId> docs, float score)
    : owner_(std::move(owner)), docs_(docs), score_(score) {
  if (!docs_.empty()) doc_ = docs_.front();
}

DocId DocListScorer::next() {
  if (at_ < docs_.size()) ++at_;
  return doc_ = at_ < docs_.size() ? docs_[at_] : kNoMoreDocs;
}

DocId DocListScorer::advance(DocId target) {
  if (target <= doc_) return doc_;
  // Gallop, then search the last stride: a conjunction moves in short steps.
  size_t stride = 1;
  size_t low = at_;
  while (low + stride < docs_.size() && docs_[low + stride] < target) {
    low += stride;
    stride *= 2;
  }
  const size_t high = std::min(docs_.size(), low + stride + 1);
  at_ = static_cast<size_t>(std::lower_bound(docs_.begin() + static_cast<std::ptrdiff_t>(low),
                                             docs_.begin() + static_cast<std::ptrdiff_t>(high), target) -
                            docs_.begin());
  return doc_ = at_ < docs_.size() ? docs_[at_] : kNoMoreDocs;
}

DocId AllDocsScorer::advance(DocId target) {
  if (target <= doc_) return doc_;
  return doc_ = target < max_doc_ ? target : kNoMoreDocs;
}

}  // namespace selene::search
