#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "search/backends/local_search.h"

namespace selene::search {

/// `collapse`: one hit for each value of `field`, and what is shown of the others.
struct Collapse {
  struct InnerHits {
    std::string name;
    std::string options;  ///< JSON of a top_hits aggregation
  };
  std::string field;
  std::vector<InnerHits> inner_hits;
};

/// Errors: kXContentParse, kIllegalArgument.
base::Result<Collapse> parse_collapse(const base::JsonDocument* document, base::JsonValue value);

struct MatchingQuery;

/// The members of `inner_hits` (`"name":{"hits":{...}}`) for each of `hits`, in their order; empty texts without inner_hits. All
/// groups are gathered in one pass over what `queries` match. REQUIRES: hits with groups. Errors: those of run_aggregations.
base::Result<std::vector<std::string>> expand_groups(const Collapse& collapse, LocalBackend& backend,
                                                     const std::vector<MatchingQuery>& queries, const std::vector<FoundHit>& hits,
                                                     const base::Cancellation& cancellation);

}  // namespace selene::search
