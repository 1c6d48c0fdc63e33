#pragma once

#include "search/query/query.h"

namespace selene::search {

/// A query that only says which documents match: bound without scores, its documents cached where that pays. Errors: those of
/// Query::weight.
base::Result<WeightPtr> bind_filter(const Query& query, const BindContext& context);

/// The query as `mode` says: with ScoreMode::kNone as a filter.
base::Result<WeightPtr> bind_in_mode(const Query& query, const BindContext& context, ScoreMode mode, float boost);

}  // namespace selene::search
