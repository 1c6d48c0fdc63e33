#include "search/script/vector_source.h"

namespace selene::search {

// No field type keeps vectors in segments.
std::unique_ptr<VectorSource> open_vectors(const index::SegmentReader&, const index::MappedField&) { return nullptr; }
bool holds_vectors(const index::MappedField&) { return false; }

}  // namespace selene::search
