#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/json/json_writer.h"
#include "base/result.h"
#include "search/request/search_request.h"
#include "search/request/search_run.h"

namespace selene::search {

/// What an answer says beside what was found.
struct AnswerContext {
  std::string_view scroll_id;  ///< empty: none
  std::string_view pit_id;     ///< empty: none
  int64_t took_ms = 0;
};

/// Fetches the page of `outcome` and writes the whole answer of a search. `cancellation` ends a profile. Errors: kIo,
/// kCorruptIndex.
base::Result<std::string> write_answer(const LocalBackend& backend, const SearchRequest& request, const Outcome& outcome,
                                       const AnswerContext& context, const base::Cancellation& cancellation);
/// Counts the fetch phase of a search. One of a single index has one even if nothing is shown; of several, those whose hits are in
/// `page` have one. They share `took` by their hits.
void count_fetch(const LocalBackend& backend, const std::vector<FoundHit>& page, std::chrono::nanoseconds took);
/// `"_shards":{...}` with failures, each once.
void write_shards(const LocalBackend& backend, base::JsonWriter& out);

}  // namespace selene::search
