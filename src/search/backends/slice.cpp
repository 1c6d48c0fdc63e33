#include "search/backends/slice.h"

#include <algorithm>

#include "base/format.h"

namespace selene::search {
namespace {

class SliceScorer final : public Scorer {
 public:
  SliceScorer(Slice slice, DocId doc_base, DocId max_doc) : slice_(slice), doc_base_(doc_base), max_doc_(max_doc) { seek(0); }
  DocId advance(DocId target) override {
    if (doc_ < target) seek(target);
    return doc_;
  }
  float score() override { return 0; }
  int64_t cost() const override { return max_doc_ / slice_.max + 1; }

 private:
  void seek(DocId target) {
    if (target >= max_doc_) {
      doc_ = kNoMoreDocs;
      return;
    }
    const int64_t ahead = (int64_t{slice_.id} - (int64_t{doc_base_} + target) % slice_.max + slice_.max) % slice_.max;
    doc_ = target + ahead < max_doc_ ? static_cast<DocId>(target + ahead) : kNoMoreDocs;
  }

  Slice slice_;
  DocId doc_base_;
  DocId max_doc_;
};

}  // namespace

ScorerPtr SliceWeight::scorer(const SegmentContext& segment) const {
  return std::make_unique<SliceScorer>(slice_, segment.view.doc_base, segment.reader().max_doc());
}

std::string SliceWeight::description() const { return base::format("slice[{}/{}]", slice_.id, slice_.max); }

}  // namespace selene::search
