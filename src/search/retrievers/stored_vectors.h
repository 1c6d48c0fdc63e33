#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/retrievers/retriever.h"

namespace selene::search {

/// The vectors that documents have in a dense_vector field, indexed or not: a re-ranker by embeddings need not make them again.
class StoredVectors {
 public:
  /// Errors: kIllegalArgument if an index has no such field of documents themselves.
  static base::Result<StoredVectors> open(std::string_view field, const ResolveContext& context);
  /// Empty if the document has none.
  std::vector<float> of(DocAddress document) const;

 private:
  explicit StoredVectors(std::string_view field) : field_(field) {}
  std::string field_;
  std::vector<const index::Snapshot*> snapshots_;  // by shard; of the request
};

}  // namespace selene::search
