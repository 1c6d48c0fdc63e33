#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/fetch/fetch_phase.h"
#include "search/sort/sort_request.h"

namespace selene::search {

/// The list of hits that top_hits, inner_hits and collapse ask for: `from`, `size`, `sort` and what is shown of each hit. Holds
/// views of the request body.
struct HitsRequest {
  int32_t from = 0;
  int32_t size = 3;
  std::vector<SortField> sort;  ///< empty: by score
  bool track_scores = false;
  FetchOptions fetch;
  bool source_given = false;                          ///< else scripts show no _source
  std::shared_ptr<const HighlightRequest> highlight;  ///< what `fetch` points to

  /// Reads one key. True if it was one of its own. Errors: kIllegalArgument, kParsing, kXContentParse.
  base::Result<bool> read(const base::JsonDocument* document, base::JsonMember member);
};

}  // namespace selene::search
