#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "search/request/search_service.h"

namespace selene::search {

class QueryInference;

/// The answer of `_explain/{id}` and whether there is such a document among what searches see.
struct ExplainAnswer {
  std::string json;
  bool found = false;
};

/// Why a document matches the `query` of `body`, or does not. `source`: of the document, in `get`; null: none is shown.
/// Errors: kActionRequestValidation (no query), kParsing, kSearchPhaseExecution (what the index says to the query), those of
/// `inference`.
base::Result<ExplainAnswer> explain_document(const index::Index& index, std::string_view id, const base::JsonDocument& body,
                                             const SourceFilter* source, QueryInference& inference);

enum class ValidateDetail : uint8_t { kNone, kExplain };

/// Whether the query of `body` (missing: match_all) can run on the indices: the answer of `_validate/query`. A query that cannot be
/// parsed is an answer, not an error.
std::string validate_query(const std::vector<std::shared_ptr<index::Index>>& indices, const base::JsonDocument& body,
                           ValidateDetail detail, QueryInference& inference);

}  // namespace selene::search
