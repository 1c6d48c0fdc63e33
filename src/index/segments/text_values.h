#pragma once

#include <memory>

#include "index/mapping/mapping.h"
#include "index/segments/segment_reader.h"

namespace selene::index {

/// The texts of `field` in one segment, document by document; null if there are none. Of a flattened field's key only its own
/// values, without the key; of a constant_keyword its one value for every document. Addresses are 16 bytes each (`format_ip`).
/// Valid as long as `segment` and `field` are; immutable, thread-safe.
std::shared_ptr<const KeywordDocValues> text_values(const SegmentReader& segment, const MappedField& field);

}  // namespace selene::index
