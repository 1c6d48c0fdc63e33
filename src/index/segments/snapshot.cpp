#include "index/segments/snapshot.h"

#include <algorithm>

#include "base/check.h"

namespace selene::index {

const SegmentView& Snapshot::segment_of(DocId doc) const {
  const std::vector<SegmentView>& views = segments();
  const auto behind = std::upper_bound(views.begin(), views.end(), doc,
                                       [](DocId wanted, const SegmentView& view) { return wanted < view.doc_base; });
  CHECK(behind != views.begin());
  return *(behind - 1);
}

}  // namespace selene::index
