#pragma once

#include <vector>

#include "search/query/field_patterns.h"
#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

/// multi_match type cross_fields: fields of one analyzer act as one big field. Each term takes the best of its fields, all with the
/// largest document frequency among them. Source: Elasticsearch's BlendedTermQuery.
base::Result<WeightPtr> cross_fields_weight(const BindContext& context, const std::vector<BoostedField>& fields,
                                            base::JsonValue text, const MatchOptions& options, float tie_breaker, ScoreMode mode,
                                            float boost);

}  // namespace selene::search
