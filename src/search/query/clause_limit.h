#pragma once

#include <cstddef>

#include "base/error.h"

namespace selene::search {

/// indices.query.bool.max_clause_count: clauses of one bool, terms of one query string, tokens of one sparse vector.
inline constexpr size_t kMaxClauses = 4096;

inline base::Error too_many_clauses() {
  return base::Error(base::ErrorCode::kTooManyClauses, "Query contains too many nested clauses; maxClauseCount is set to {}",
                     kMaxClauses);
}

}  // namespace selene::search
