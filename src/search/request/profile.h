#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_writer.h"
#include "search/backends/local_backend.h"
#include "search/fetch/fetch_phase.h"
#include "search/request/search_request.h"
#include "search/request/search_run.h"

namespace selene::search {

/// Runs what makes up a search again, part by part and index by index, each alone and for all its matches, and writes what each
/// part took: {"shards":[{"id","node_id","shard_id","index","cluster","searches":[{"query":[..],"rewrite_time","collector":[..]}],
/// "aggregations":[..],"fetch":{..}}]}. Times are of the clock, in nanoseconds; those of a query include its sub-queries. `query`
/// of a retriever tree holds its leaves below a RankDocsQuery whose time is that of the whole tree. Costs several times the search
/// itself; a cancelled or late search leaves out what it did not come to. Source: the reply of Elasticsearch's profile API.
void write_profile(const LocalBackend& backend, const SearchRequest& request, const Outcome& outcome, const FetchOptions& fetch,
                   const base::Cancellation& cancellation, base::JsonWriter& out);

}  // namespace selene::search
