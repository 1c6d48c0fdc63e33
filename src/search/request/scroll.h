#pragma once

#include <memory>
#include <optional>
#include <string>

#include "search/request/reader_contexts.h"
#include "search/request/search_request.h"
#include "search/request/search_run.h"

namespace selene::search {

/// A search that is read page by page, with the request it came from. The request looks into `body`, which looks into `text`.
struct ScrollState {
  std::string text;
  base::JsonDocument body;
  SearchCall call;
  SearchRequest request;
  std::optional<FoundHit> last;  ///< where the page before ended; empty before the first one
  std::optional<TotalHits> total;
  std::optional<float> max_score;

  /// Copies and parses `call`. Errors: those of parse_search_request.
  static base::Result<std::unique_ptr<ScrollState>> create(const SearchCall& call);
};

}  // namespace selene::search
