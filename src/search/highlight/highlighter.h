#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "search/highlight/highlight_request.h"
#include "search/highlight/query_terms.h"
#include "search/highlight/semantic_chunks.h"
#include "search/rerank/passage.h"

namespace selene::search {

/// Highlights hits of one index. One thread; valid as long as the request and the snapshot.
class Highlighter {
 public:
  /// `queries`: Query DSL of the search, or of all leaves of a retriever tree; `reranked`: passages of its re-rankers, null if it
  /// has none. Errors: kIllegalArgument (an unknown type; the type semantic on a field that no re-ranker reads).
  static base::Result<Highlighter> create(const HighlightRequest& request, const BindContext& context,
                                          const std::vector<base::JsonValue>& queries,
                                          const std::vector<RerankedPassages>* reranked);

  /// `"highlight":{...}` of one document, into an object that is open; nothing if no field has any. Errors: kIllegalArgument (a
  /// value longer than index.highlight.max_analyzed_offset).
  base::Status write(const HighlightedDocument& document, DocAddress address, base::JsonWriter& out) const;

 private:
  struct Field {
    const HighlightField* request = nullptr;
    const index::MappedField* mapped = nullptr;
    /// Terms by the field whose analyzer reads the text (itself, or one of matched_fields).
    std::vector<std::pair<const index::MappedField*, FieldTermSet>> terms;
    std::optional<SemanticChunks> chunks = std::nullopt;  ///< of a semantic_text field that no re-ranker reads
  };
  explicit Highlighter(const BindContext& context) : mapping_(&context.mapping()), index_name_(context.snapshot.index_name()) {}
  /// Texts with tags, or passages; empty: nothing to show.
  base::Result<std::vector<std::string>> fragments(const Field& field, const HighlightedDocument& document,
                                                   DocAddress address) const;
  base::Status add_semantic(const HighlightField& request, const BindContext& context, const std::vector<base::JsonValue>& queries);
  base::Status add(const HighlightField& request, const BindContext& context, const QueryTerms& own);

  const index::Mapping* mapping_;
  const std::vector<RerankedPassages>* reranked_ = nullptr;
  std::string index_name_;
  std::vector<Field> fields_;
};

}  // namespace selene::search
