#pragma once

#include <cstdint>
#include <string>

#include "search/exec/weight.h"

namespace selene::search {

/// Part `id` of `max` equal parts of what a point in time or scroll reads. Parts are told by a document's number in the snapshot,
/// so that they are disjoint, together hold everything, and stay the same from page to page.
struct Slice {
  int32_t id = 0;
  int32_t max = 2;
};

/// The documents of one part, without a score.
class SliceWeight final : public Weight {
 public:
  explicit SliceWeight(Slice slice) : slice_(slice) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  std::string description() const override;

 private:
  Slice slice_;
};

}  // namespace selene::search
