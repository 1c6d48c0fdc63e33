#pragma once

#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/query/query.h"

namespace selene::search {

/// The body key `knn`: an object or an array of them. Errors: kParsing, kXContentParse, kIllegalArgument.
base::Result<std::vector<base::JsonValue>> parse_knn_section(const base::JsonDocument* document, base::JsonMember member);

/// Documents of `query` (null: none) or of any kNN search; scores add up. REQUIRES: `searches` came from parse_knn_section.
base::Result<QueryPtr> with_knn_searches(const base::JsonDocument* document, QueryPtr query,
                                         const std::vector<base::JsonValue>& searches);

}  // namespace selene::search
