#include "search/retrievers/stored_vectors.h"

#include <memory>

#include "search/script/vector_source.h"

namespace selene::search {

base::Result<StoredVectors> StoredVectors::open(std::string_view field, const ResolveContext& context) {
  StoredVectors vectors(field);
  for (const ResolveTarget& target : context.targets) {
    const index::MappedField* const mapped = target.snapshot->mapping().find(vectors.field_);
    if (mapped == nullptr || !holds_vectors(*mapped) || !target.snapshot->mapping().nested_parent(vectors.field_).empty()) {
      return base::Error(base::ErrorCode::kIllegalArgument,
                         "[text_similarity_reranker] [vector_field] [{}] of index [{}] is not a [dense_vector] field", field,
                         target.snapshot->index_name());
    }
    vectors.snapshots_.push_back(target.snapshot);
  }
  return vectors;
}

std::vector<float> StoredVectors::of(DocAddress document) const {
  const index::Snapshot& snapshot = *snapshots_[static_cast<size_t>(document.shard)];
  const index::SegmentView& view = snapshot.segment_of(document.doc);
  const std::unique_ptr<VectorSource> source = open_vectors(*view.reader, *snapshot.mapping().find(field_));
  if (source == nullptr) return {};
  const std::span<const float> vector = source->vector(document.doc - view.doc_base);
  return {vector.begin(), vector.end()};
}

}  // namespace selene::search
