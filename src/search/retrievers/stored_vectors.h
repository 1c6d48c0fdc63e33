#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/retrievers/retriever.h"

namespace selene::search {

/// The vectors that documents have already, so that a re-ranker by embeddings need not make them again: of a dense_vector field,
/// indexed or not, or of the chunks of a semantic_text field.
class StoredVectors {
 public:
  /// Errors: kIllegalArgument if an index has no such field of documents themselves, or if its chunks were embedded by another
  /// endpoint than `inference_id`.
  static base::Result<StoredVectors> open(std::string_view field, std::string_view inference_id, const ResolveContext& context);
  /// None if the document has none; several of chunks.
  std::vector<std::vector<float>> of(DocAddress document) const;

 private:
  explicit StoredVectors(std::string_view field) : field_(field) {}
  std::string field_;
  std::vector<const index::Snapshot*> snapshots_;  // by shard; of the request
};

}  // namespace selene::search
