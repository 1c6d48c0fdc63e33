#include "search/exec/cached_docs.h"

#include <bit>

namespace selene::search {

namespace {

/// From one document in so many on, a bit each takes less memory than a number each.
constexpr DocId kDocsPerListed = 32;

}  // namespace

CachedDocs::CachedDocs(std::vector<DocId> docs, DocId max_doc) : size_(static_cast<int64_t>(docs.size())) {
  if (size_ < max_doc / kDocsPerListed) {
    docs.shrink_to_fit();
    docs_ = std::move(docs);
    return;
  }
  bits_.resize((static_cast<size_t>(max_doc) + 63) / 64);
  for (const DocId doc : docs) bits_[static_cast<size_t>(doc) >> 6] |= uint64_t{1} << (doc & 63);
}

std::shared_ptr<const CachedDocs> CachedDocs::of(Scorer* scorer, DocId max_doc) {
  std::vector<DocId> docs;
  for (DocId doc = scorer == nullptr ? kNoMoreDocs : scorer->doc(); doc != kNoMoreDocs; doc = scorer->next()) docs.push_back(doc);
  return std::make_shared<const CachedDocs>(std::move(docs), max_doc);
}

int64_t CachedDocs::size_bytes() const {
  return static_cast<int64_t>(docs_.capacity() * sizeof(DocId) + bits_.capacity() * sizeof(uint64_t));
}

class CachedBitsScorer final : public Scorer {
 public:
  explicit CachedBitsScorer(std::shared_ptr<const CachedDocs> docs) : docs_(std::move(docs)), bits_(docs_->bits_) {
    doc_ = find(0);
  }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    return doc_ = find(target);
  }
  float score() override { return 0; }
  int64_t cost() const override { return docs_->size(); }

 private:
  DocId find(DocId target) const {
    size_t word = static_cast<size_t>(target) >> 6;
    if (word >= bits_.size()) return kNoMoreDocs;
    uint64_t rest = bits_[word] & (~uint64_t{0} << (target & 63));
    while (rest == 0) {
      if (++word == bits_.size()) return kNoMoreDocs;
      rest = bits_[word];
    }
    return static_cast<DocId>(word << 6) + std::countr_zero(rest);
  }

  std::shared_ptr<const CachedDocs> docs_;
  const std::vector<uint64_t>& bits_;
};

ScorerPtr CachedDocs::scorer(std::shared_ptr<const CachedDocs> docs) {
  if (docs->size() == 0) return nullptr;
  const std::span<const DocId> list = docs->docs_;
  if (!list.empty()) return std::make_unique<DocListScorer>(std::move(docs), list, 0.0F);
  return std::make_unique<CachedBitsScorer>(std::move(docs));
}

}  // namespace selene::search
