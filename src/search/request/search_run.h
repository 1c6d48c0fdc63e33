#pragma once

#include <optional>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "inference/endpoints/inference_service.h"
#include "search/aggregations/aggregation.h"
#include "search/backends/local_search.h"
#include "search/request/search_request.h"

namespace selene::search {

/// A query of the request with what limits its matches: the only one of a plain search, or a leaf of the retriever tree.
struct MatchingQuery {
  FilteredQuery query;
  std::optional<float> min_score;
};

/// What a search found, before the page is cut and fetched. How the list came about no longer matters from here on.
struct Outcome {
  std::vector<FoundHit> hits;  ///< the first from + size
  std::optional<SortPlan> plan;
  std::optional<TotalHits> total;
  std::optional<float> max_score;
  bool terminated_early = false;
  std::vector<int64_t> search_ns;  ///< how long the search of each target took; of a tree, one for all
  std::vector<Aggregation> aggregations;
  std::vector<std::string> inner_hits;       ///< of a collapsed page, hit by hit: members of `inner_hits`
  std::vector<Explanation> explanations;     ///< hit by hit, of a tree that is to be explained
  std::vector<base::JsonValue> query_texts;  ///< the same queries without their filters, as Query DSL: for highlighting
  std::vector<RerankedPassages> reranked;    ///< what the re-rankers of the tree scored, the outermost last
  std::vector<MatchingQuery> queries;        ///< their union is what aggregations see
};

/// What runs a tree.
struct TreeServices {
  inference::InferenceService& inference;
  base::ThreadPool& threads;
  std::chrono::milliseconds rerank_timeout;
};

/// Runs the query or the retriever tree of `request`. `after`: only hits that rank behind it (scroll); null: from the first one.
/// Errors: those of run_local_search and of retrievers.
base::Result<Outcome> run_search(LocalBackend& backend, const TreeServices& services, const SearchRequest& request,
                                 const FoundHit* after, const base::Cancellation& cancellation);

}  // namespace selene::search
