#include "search/retrievers/stored_vectors.h"

#include <memory>

#include "index/mapping/semantic_text.h"
#include "search/script/vector_source.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

base::Status check_field(std::string_view name, std::string_view inference_id, const index::Snapshot& snapshot) {
  const index::MappedField* const field = snapshot.mapping().find(std::string(name));
  const index::SemanticText* const semantic = field == nullptr ? nullptr : field->semantic.get();
  if (semantic != nullptr && (semantic->embeddings == nullptr || holds_vectors(*semantic->embeddings))) {
    if (inference_id == semantic->inference_id || inference_id == semantic->search_inference_id) return {};
    return Error(ErrorCode::kIllegalArgument,
                 "[text_similarity_reranker] [vector_field] [{}] of index [{}] has vectors of inference endpoint [{}], not of [{}]",
                 name, snapshot.index_name(), semantic->inference_id, inference_id);
  }
  const bool is_dense = semantic == nullptr && field != nullptr && holds_vectors(*field);
  if (is_dense && snapshot.mapping().nested_parent(std::string(name)).empty()) return {};
  return Error(
      ErrorCode::kIllegalArgument,
      "[text_similarity_reranker] [vector_field] [{}] of index [{}] is neither a [dense_vector] field nor a [semantic_text] "
      "field of dense vectors",
      name, snapshot.index_name());
}

}  // namespace

base::Result<StoredVectors> StoredVectors::open(std::string_view field, std::string_view inference_id,
                                                const ResolveContext& context) {
  StoredVectors vectors(field);
  for (const ResolveTarget& target : context.targets) {
    RETURN_IF_ERROR(check_field(field, inference_id, *target.snapshot));
    vectors.snapshots_.push_back(target.snapshot);
  }
  return vectors;
}

std::vector<std::vector<float>> StoredVectors::of(DocAddress document) const {
  std::vector<std::vector<float>> found;
  const index::Snapshot& snapshot = *snapshots_[static_cast<size_t>(document.shard)];
  const index::SegmentView& view = snapshot.segment_of(document.doc);
  const index::MappedField* field = snapshot.mapping().find(field_);
  const index::DocId doc = document.doc - view.doc_base;
  index::DocId first = doc;  // the document itself, or the block of hidden ones before it, where its chunks are
  if (field->semantic != nullptr) {
    const index::NestedDocs* const nested = view.reader->nested();
    field = field->semantic->embeddings.get();
    if (nested == nullptr || field == nullptr) return found;
    first = nested->block_begin(doc);
  }
  const std::unique_ptr<VectorSource> source = open_vectors(*view.reader, *field);
  if (source == nullptr) return found;
  for (index::DocId at = first; at <= doc; ++at) {
    const std::span<const float> vector = source->vector(at);
    if (!vector.empty()) found.emplace_back(vector.begin(), vector.end());
  }
  return found;
}

}  // namespace selene::search
