#pragma once

#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "search/highlight/highlight_request.h"
#include "search/highlight/query_terms.h"

namespace selene::search {

/// Highlights hits of one index. One thread; valid as long as the request and the snapshot.
class Highlighter {
 public:
  /// `queries`: Query DSL of the search, or of all leaves of a retriever tree. Errors: kIllegalArgument (an unknown type).
  static base::Result<Highlighter> create(const HighlightRequest& request, const BindContext& context,
                                          const std::vector<base::JsonValue>& queries);

  /// `"highlight":{...}` of one document, into an object that is open; nothing if no field has any. Errors: kIllegalArgument (a
  /// value longer than index.highlight.max_analyzed_offset).
  base::Status write(base::JsonValue source, std::string_view doc_id, base::JsonWriter& out) const;

 private:
  struct Field {
    const HighlightField* request = nullptr;
    const index::MappedField* mapped = nullptr;
    /// Terms by the field whose analyzer reads the text (itself, or one of matched_fields).
    std::vector<std::pair<const index::MappedField*, FieldTermSet>> terms;
  };
  explicit Highlighter(const BindContext& context) : mapping_(&context.mapping()), index_name_(context.snapshot.index_name()) {}
  base::Status add(const HighlightField& request, const BindContext& context, const QueryTerms& own);

  const index::Mapping* mapping_;
  std::string index_name_;
  std::vector<Field> fields_;
};

}  // namespace selene::search
