#include "search/request/answer.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "search/fetch/fetch_phase.h"
#include "search/request/profile.h"

namespace selene::search {
namespace {

FetchOptions fetch_options(const SearchRequest& request, const Outcome& outcome) {
  FetchOptions options;
  options.source = request.source;
  options.fields = request.fields;
  options.docvalue_fields = request.docvalue_fields;
  options.version = request.version;
  options.seq_no_primary_term = request.seq_no_primary_term;
  options.explain = request.explain;
  bool asks_source = request.source_given;
  for (const std::string& field : request.stored_fields) {
    if (field == "_none_") options.show_id = false;
    if (field == "_source") asks_source = true;
    if (!field.empty() && field != "_none_" && field != "_source") options.stored_fields.push_back({field, "", false});
  }
  const bool asks_other = !request.stored_fields.empty() || !request.script_fields.empty();
  if (asks_other && !asks_source) options.source.enabled = false;
  options.script_fields = request.script_fields;
  if (request.highlight) {
    options.highlight = &*request.highlight;
    options.highlighted_queries = outcome.query_texts;
  }
  if (!outcome.reranked.empty()) options.reranked = &outcome.reranked;
  options.rescores = &request.rescores;
  if (request.collapse) options.collapse_field = request.collapse->field;
  options.inner_hits = outcome.inner_hits;
  options.explanations = outcome.explanations;
  for (const MatchingQuery& matching : outcome.queries) options.queries.push_back(&matching.query);
  return options;
}

void write_total(const SearchRequest& request, const std::optional<TotalHits>& total, base::JsonWriter& out) {
  if (request.rest_total_hits_as_int) {
    out.field("total", total ? total->value : int64_t{-1});
  } else if (total) {
    out.key("total").begin_object().field("value", total->value);
    out.field("relation", total->relation == TotalRelation::kEqualTo ? "eq" : "gte").end_object();
  }
}

}  // namespace

void count_fetch(const LocalBackend& backend, const std::vector<FoundHit>& page, std::chrono::nanoseconds took) {
  std::vector<int64_t> num_hits(backend.targets().size(), 0);
  for (const FoundHit& hit : page) ++num_hits[static_cast<size_t>(hit.address.shard)];
  const auto all = std::max<int64_t>(1, static_cast<int64_t>(page.size()));
  for (size_t i = 0; i < num_hits.size(); ++i) {
    if (num_hits[i] == 0 && num_hits.size() > 1) continue;
    const auto share = num_hits.size() == 1 ? took : took * num_hits[i] / all;
    backend.targets()[i].index->engine->counters().add(index::Operation::kFetch, share);
  }
}

void write_shards(const LocalBackend& backend, base::JsonWriter& out) {
  const auto total = backend.targets().size();
  const auto& failures = backend.failures();
  out.key("_shards").begin_object();
  out.field("total", total).field("successful", total - failures.size()).field("skipped", 0).field("failed", failures.size());
  if (!failures.empty()) {
    out.key("failures").begin_array();
    for (const ShardFailure& failure : failures) {
      out.begin_object().field("shard", 0).field("index", failure.index).key("reason").begin_object();
      out.field("type", shard_failure_type(failure.error)).field("reason", failure.error.reason());
      for (const auto& [key, json] : failure.error.metadata()) out.key(key).raw(json);
      out.end_object().end_object();
    }
    out.end_array();
  }
  out.end_object();
}

base::Result<std::string> write_answer(const LocalBackend& backend, const SearchRequest& request, const Outcome& outcome,
                                       const AnswerContext& context, const base::Cancellation& cancellation) {
  const auto from = static_cast<std::ptrdiff_t>(std::min(static_cast<size_t>(request.from_or_default()), outcome.hits.size()));
  const std::vector<FoundHit> page(outcome.hits.begin() + from, outcome.hits.end());
  base::JsonWriter out;
  out.begin_object();
  if (!context.scroll_id.empty()) out.field("_scroll_id", context.scroll_id);
  if (!context.pit_id.empty()) out.field("pit_id", context.pit_id);
  out.field("took", context.took_ms).field("timed_out", backend.timed_out());
  if (outcome.terminated_early) out.field("terminated_early", true);
  write_shards(backend, out);
  out.key("hits").begin_object();
  write_total(request, outcome.total, out);
  out.key("max_score");
  outcome.max_score ? out.value(*outcome.max_score) : out.null();
  out.key("hits");
  const FetchOptions fetch = fetch_options(request, outcome);
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(write_hits(backend, page, outcome.plan ? &*outcome.plan : nullptr, fetch, out));
  count_fetch(backend, page, std::chrono::steady_clock::now() - start);
  out.end_object();
  if (!outcome.aggregations.empty()) {
    out.key("aggregations").begin_object();
    write_aggregations(outcome.aggregations, request.typed_keys, out);
    out.end_object();
  }
  if (request.profile) write_profile(backend, request, outcome, fetch, cancellation, out);
  out.end_object();
  return out.take();
}

}  // namespace selene::search
