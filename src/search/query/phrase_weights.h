#pragma once

#include <vector>

#include "search/query/match_weights.h"
#include "search/query/query.h"

namespace selene::search {

/// All terms at their relative places, at most `slop` moves apart. REQUIRES: terms not empty. Errors: kIllegalArgument if the field
/// keeps no positions.
base::Result<WeightPtr> phrase_weight(const BindContext& context, const index::MappedField& field, std::vector<AnalysedTerm> terms,
                                      int32_t slop, float boost);
/// The same with the last term read as the start of up to `max_expansions` terms.
base::Result<WeightPtr> phrase_prefix_weight(const BindContext& context, const index::MappedField& field,
                                             std::vector<AnalysedTerm> terms, int32_t slop, int32_t max_expansions, ScoreMode mode,
                                             float boost);

}  // namespace selene::search
