#include "index/vectors/segment_vectors.h"

#include <algorithm>
#include <array>

namespace selene::index {
namespace {

bool nearer(const VectorHit& a, const VectorHit& b) {
  return a.nearness != b.nearness ? a.nearness > b.nearness : a.ordinal < b.ordinal;
}

/// The best of what is offered.
class BestHits {
 public:
  explicit BestHits(int32_t wanted) : wanted_(static_cast<size_t>(std::max(wanted, 0))) {}
  void offer(VectorHit hit) {
    if (hits_.size() < wanted_) {
      hits_.push_back(hit);
      std::push_heap(hits_.begin(), hits_.end(), nearer);
    } else if (wanted_ > 0 && nearer(hit, hits_.front())) {
      std::pop_heap(hits_.begin(), hits_.end(), nearer);
      hits_.back() = hit;
      std::push_heap(hits_.begin(), hits_.end(), nearer);
    }
  }
  std::vector<VectorHit> take() {
    std::sort(hits_.begin(), hits_.end(), nearer);
    return std::move(hits_);
  }

 private:
  size_t wanted_;
  std::vector<VectorHit> hits_;
};

}  // namespace

std::vector<VectorHit> scan_vectors(const VectorComparer& comparer, uint32_t size, const OrdinalSet* accept, int32_t num_hits) {
  constexpr size_t kBatch = 256;
  std::array<uint32_t, kBatch> ordinals;
  std::array<float, kBatch> nearness;
  size_t filled = 0;
  BestHits best(num_hits);
  const auto compare = [&] {
    comparer.compare({ordinals.data(), filled}, nearness.data());
    for (size_t i = 0; i < filled; ++i) best.offer({ordinals[i], nearness[i]});
    filled = 0;
  };
  const auto add = [&](uint32_t ordinal) {
    ordinals[filled++] = ordinal;
    if (filled == kBatch) compare();
  };
  if (accept != nullptr) {
    accept->each(add);
  } else {
    for (uint32_t ordinal = 0; ordinal < size; ++ordinal) add(ordinal);
  }
  compare();
  return best.take();
}

base::Result<std::unique_ptr<const SegmentVectors>> SegmentVectors::open(std::string_view rows) {
  auto vectors = std::make_unique<SegmentVectors>();
  ASSIGN_OR_RETURN(vectors->rows_, VectorRows::open(rows));
  return std::unique_ptr<const SegmentVectors>(std::move(vectors));
}

std::vector<VectorHit> SegmentVectors::search(const VectorQuery& query) const {
  return scan_vectors(*rows_.comparer(query.values), rows_.size(), query.accept, query.num_hits);
}

}  // namespace selene::index
