#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/exec/weight.h"
#include "search/highlight/passages.h"
#include "search/query/query.h"

namespace selene::search {

/// A hit as highlighters see it.
struct HighlightedDocument {
  base::JsonValue source;
  std::string_view id;
  std::string_view inference;     ///< of its semantic_text fields; empty: none
  const SegmentContext& segment;  ///< that holds it
  DocId doc = 0;                  ///< its number there
};

/// What the queries of a request look for in a semantic_text field, bound to one index.
class SemanticChunks {
 public:
  /// `queries`: Query DSL; `semantic`, `match` and `sparse_vector` on the field count, however deep they stand. Errors: those of
  /// the endpoint.
  static base::Result<SemanticChunks> create(const index::MappedField& field, const std::vector<base::JsonValue>& queries,
                                             const BindContext& context);
  /// The texts of the document's best `number_of_fragments` chunks (0: all that match): in the order of the text, or by score. Each
  /// chunk has the score of the query that likes it best.
  std::vector<std::string> best(const HighlightedDocument& document, const PassageOptions& options) const;

 private:
  explicit SemanticChunks(const index::MappedField& field) : field_(&field) {}
  /// By chunk of the document; 0: no query matches it.
  std::vector<float> scores(const HighlightedDocument& document) const;
  void add_sparse_scores(const HighlightedDocument& document, const std::vector<DocId>& chunks, std::vector<float>& scores) const;
  void add_dense_scores(const HighlightedDocument& document, const std::vector<DocId>& chunks, std::vector<float>& scores) const;

  const index::MappedField* field_;
  std::vector<WeightPtr> weights_;           ///< of token weights, one a query
  std::vector<std::vector<float>> vectors_;  ///< of vectors, one a query
};

}  // namespace selene::search
