#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "index/mapping/mapping.h"
#include "search/query/match_weights.h"
#include "search/query/pattern.h"
#include "search/query/query.h"

namespace selene::search {

/// What queries look for in one field.
struct FieldTermSet {
  struct Phrase {
    std::vector<AnalysedTerm> terms;
    int32_t slop = 0;
    bool last_is_prefix = false;
  };
  struct Fuzzy {
    std::vector<int32_t> points;  ///< code points
    int32_t max_edits = 0;
    size_t prefix_length = 0;
  };
  std::vector<std::string> terms;
  std::vector<Phrase> phrases;
  std::vector<TermPattern> patterns;
  std::vector<Fuzzy> fuzzies;
  bool empty() const { return terms.empty() && phrases.empty() && patterns.empty() && fuzzies.empty(); }
};
using QueryTerms = std::map<std::string, FieldTermSet, std::less<>>;

/// Adds what the query `value` (Query DSL, known to be valid) looks for in text and keyword fields: through bool (but not its
/// must_not), dis_max, function_score and the like. Queries over other types add nothing. `context`: the index whose analyzers
/// read the texts.
void collect_query_terms(base::JsonValue value, const BindContext& context, QueryTerms& terms);

}  // namespace selene::search
