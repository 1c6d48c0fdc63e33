#pragma once

#include <memory>
#include <span>

#include "index/mapping/mapping.h"
#include "index/segments/segment_reader.h"

namespace selene::search {

/// The stored vectors of one field in one segment, for scripts. One thread.
class VectorSource {
 public:
  virtual ~VectorSource() = default;
  /// Empty if the document has none. Valid until the next call.
  virtual std::span<const float> vector(index::DocId doc) = 0;
};

/// Null if the segment holds no vectors of the field.
std::unique_ptr<VectorSource> open_vectors(const index::SegmentReader& segment, const index::MappedField& field);
/// Whether the field is of a type that scripts can take vectors from.
bool holds_vectors(const index::MappedField& field);

}  // namespace selene::search
