#pragma once

#include <string_view>

#include "base/result.h"
#include "search/query/query_string_options.h"

namespace selene::search {

/// Reads Lucene's classic query syntax and gives the weight of the whole: terms, "phrases"~2, fuzzy~1, wild*ca?ds, /regular
/// expressions/, [ranges TO }, field:, _exists_:field, groups, AND OR NOT + - && || !, ^boost, \ escapes. Plain words in a row are
/// analysed together. Source: the grammar of Lucene's QueryParser as Elasticsearch's query_string uses it.
/// Null where analysis leaves nothing. Errors: kParse `Cannot parse '...': ...`, and those of the leaves.
base::Result<WeightPtr> parse_query_string(std::string_view text, const QueryStringLeaves& leaves,
                                           const QueryStringOptions& options, ScoreMode mode, float boost);

}  // namespace selene::search
