#pragma once

#include <string>
#include <vector>

#include "base/json/json_writer.h"
#include "base/result.h"
#include "search/backends/local_search.h"
#include "search/fetch/field_request.h"
#include "search/fetch/script_fields.h"
#include "search/highlight/highlight_request.h"
#include "search/request/search_service.h"
#include "search/rerank/passage.h"

namespace selene::search {

/// What is shown of each hit.
struct FetchOptions {
  SourceFilter source;
  std::vector<FieldRequest> fields;
  std::vector<FieldRequest> docvalue_fields;
  std::vector<FieldRequest> stored_fields;
  std::vector<ScriptField> script_fields;
  bool show_id = true;
  bool version = false;
  bool seq_no_primary_term = false;
  bool explain = false;
  const HighlightRequest* highlight = nullptr;              ///< null: none
  std::vector<base::JsonValue> highlighted_queries;         ///< Query DSL of the search or of its tree's leaves
  const std::vector<Rescore>* rescores = nullptr;           ///< what changed the scores, for explanations
  std::string collapse_field;                               ///< its value is shown among `fields`; empty: none
  std::vector<std::string> inner_hits;                      ///< by hit: JSON members, or empty
  const std::vector<RerankedPassages>* reranked = nullptr;  ///< of the tree's re-rankers; null: there is none
  std::vector<Explanation> explanations;                    ///< by hit, of a tree; empty: made from `queries`
  std::vector<const FilteredQuery*> queries;                ///< of the tree: for matched_queries and explanations
};

/// Writes the array of hits. Documents are read from the snapshots the query ran on. Errors: kIo, kCorruptIndex.
base::Status write_hits(const LocalBackend& backend, const std::vector<FoundHit>& hits, const SortPlan* plan,
                        const FetchOptions& options, base::JsonWriter& out);
void write_explanation(const Explanation& explanation, base::JsonWriter& out);

}  // namespace selene::search
