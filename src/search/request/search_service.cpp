#include "search/request/search_service.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

#include "base/clock.h"
#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/backends/local_search.h"
#include "search/fetch/fetch_phase.h"
#include "search/query/parse_support.h"
#include "search/request/search_request.h"
#include "search/retrievers/standard_retriever.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Clock = base::Cancellation::Clock;

/// What a search found, before the page is cut and fetched.
struct Outcome {
  std::vector<FoundHit> hits;  ///< the first from + size
  std::optional<SortPlan> plan;
  std::optional<TotalHits> total;
  std::optional<float> max_score;
  bool terminated_early = false;
  std::vector<FilteredQuery> queries;
};

Result<std::vector<LocalTarget>> resolve_targets(index::Catalog& catalog, const std::string& indices,
                                                 const index::IndicesOptions& options) {
  ASSIGN_OR_RETURN(const auto found, catalog.resolve(indices, options));
  std::vector<LocalTarget> targets;
  for (const std::shared_ptr<index::Index>& index : found) {
    ASSIGN_OR_RETURN(auto alias_filter, AliasFilter::find(catalog, indices, *index));
    targets.push_back({index, index->engine->snapshot(), std::move(alias_filter)});
  }
  // Shards are numbered by index name, so that ties between indices fall as in Elasticsearch.
  std::sort(targets.begin(), targets.end(),
            [](const LocalTarget& a, const LocalTarget& b) { return a.index->name < b.index->name; });
  return targets;
}

base::Status check_window(const std::vector<LocalTarget>& targets, const SearchRequest& request) {
  const int64_t wanted = int64_t{request.from_or_default()} + request.size_or_default();
  for (const LocalTarget& target : targets) {
    const int32_t limit = target.index->settings.max_result_window;
    if (wanted <= limit) continue;
    Error error(
        ErrorCode::kIllegalArgument,
        "Result window is too large, from + size must be less than or equal to: [{}] but was [{}]. See the scroll api for a more "
        "efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level "
        "setting.",
        limit, wanted);
    return all_shards_failed({{target.index->name, std::move(error).with("index", target.index->name)}});
  }
  return {};
}

/// query, filters, sort, ... of a search without retriever, or of one whose whole tree is a standard retriever.
Result<Outcome> plain_search(LocalBackend& backend, const SearchRequest& request, const base::Cancellation& cancellation) {
  const auto* const standard = dynamic_cast<const StandardRetriever*>(request.retriever.get());
  LocalSearch search;
  base::JsonValue query = request.query;
  std::vector<base::JsonValue> filters;
  std::vector<SortField> sort = request.sort;
  search.min_score = request.min_score;
  search.search_after = request.search_after;
  search.terminate_after = request.terminate_after;
  if (standard != nullptr) {
    query = standard->query();
    filters = standard->filters();
    if (standard->min_score()) search.min_score = standard->min_score();
    search.search_after = standard->search_after();
    search.terminate_after = standard->terminate_after();
    if (standard->sort().exists()) {
      ASSIGN_OR_RETURN(sort, parse_sort(backend.document(), standard->sort()));
    }
  }
  Outcome outcome;
  ASSIGN_OR_RETURN(FilteredQuery parsed, parse_filtered(backend.document(), query, filters));
  outcome.queries.push_back(std::move(parsed));
  ASSIGN_OR_RETURN(const FilteredQuery post_filter, parse_filtered(backend.document(), request.post_filter, {}));
  search.query = &outcome.queries.front();
  search.post_filter = post_filter.query.get();
  search.sort = &sort;
  search.track_scores = request.track_scores;
  search.track_total_hits_up_to = request.count_up_to();
  search.num_hits = request.size_or_default() == 0 ? 0 : request.from_or_default() + request.size_or_default();
  ASSIGN_OR_RETURN(LocalSearchResult found, run_local_search(backend, search, cancellation));
  outcome.hits = std::move(found.hits);
  outcome.plan = std::move(found.plan);
  outcome.total = found.total;
  outcome.max_score = found.max_score;
  outcome.terminated_early = found.terminated_early;
  return outcome;
}

/// hits.total of a tree: what any leaf matches, or with a min_score the list itself.
Result<std::optional<TotalHits>> count_tree(LocalBackend& backend, const SearchRequest& request,
                                            const std::vector<SearchBackend::LeafQuery>& leaves, size_t list_length,
                                            const base::Cancellation& cancellation) {
  const int32_t limit = request.count_up_to();
  if (limit == 0) return std::optional<TotalHits>();
  if (request.retriever->min_score()) {
    return std::optional(clip_total(static_cast<int64_t>(list_length), TotalRelation::kEqualTo, limit));
  }
  ASSIGN_OR_RETURN(const TotalHits total, backend.count_union(leaves, limit, cancellation));
  return std::optional(total);
}

Result<Outcome> compound_search(LocalBackend& backend, inference::InferenceService& inference, const SearchRequest& request,
                                const base::Cancellation& cancellation) {
  const Retriever& tree = *request.retriever;
  RetrieveContext context{backend, inference, cancellation, tree.rank_window_size(), {}};
  RETURN_IF_ERROR(tree.prepare(context));
  ASSIGN_OR_RETURN(const RankDocs ranked, tree.retrieve(context));
  Outcome outcome;
  std::vector<SearchBackend::LeafQuery> leaves;
  tree.collect_leaves({}, leaves);
  ASSIGN_OR_RETURN(outcome.total, count_tree(backend, request, leaves, ranked.docs.size(), cancellation));
  for (const SearchBackend::LeafQuery& leaf : leaves) {
    ASSIGN_OR_RETURN(FilteredQuery query, parse_filtered(backend.document(), leaf.query, leaf.filters));
    outcome.queries.push_back(std::move(query));
  }
  if (request.size_or_default() == 0) return outcome;
  const size_t wanted = static_cast<size_t>(request.from_or_default()) + static_cast<size_t>(request.size_or_default());
  for (const RankDoc& doc : ranked.docs) {
    if (outcome.hits.size() == wanted) break;
    outcome.hits.push_back({doc.address, doc.score, {}});
  }
  if (!outcome.hits.empty()) outcome.max_score = outcome.hits.front().score;
  return outcome;
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
  if (!request.stored_fields.empty() && !asks_source) options.source.enabled = false;
  for (const FilteredQuery& query : outcome.queries) options.queries.push_back(&query);
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

Result<std::string> render(const LocalBackend& backend, const SearchRequest& request, Outcome outcome, Clock::time_point start) {
  const auto from = static_cast<size_t>(request.from_or_default());
  std::vector<FoundHit> page(outcome.hits.begin() + static_cast<std::ptrdiff_t>(std::min(from, outcome.hits.size())),
                             outcome.hits.end());
  base::JsonWriter hits;
  RETURN_IF_ERROR(write_hits(backend, page, outcome.plan ? &*outcome.plan : nullptr, fetch_options(request, outcome), hits));
  base::JsonWriter out;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  out.begin_object().field("took", took).field("timed_out", backend.timed_out());
  if (outcome.terminated_early) out.field("terminated_early", true);
  write_shards(backend, out);
  out.key("hits").begin_object();
  write_total(request, outcome.total, out);
  out.key("max_score");
  outcome.max_score ? out.value(*outcome.max_score) : out.null();
  out.key("hits").raw(hits.text()).end_object();
  if (request.profile) out.key("profile").begin_object().key("shards").begin_array().end_array().end_object();
  out.end_object();
  return out.take();
}

/// `min_score` and `terminate_after` of a count.
base::Status read_count_parameter(const std::string& name, const std::string& value, std::optional<float>* min_score,
                                  int32_t* terminate_after) {
  if (name != "min_score" && name != "terminate_after") return {};
  const std::string kind = name == "min_score" ? "float" : "int";
  const char* const end = value.data() + value.size();
  float number = 0;
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end || value.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse {} parameter [{}] with value [{}]", kind, name, value);
  }
  if (name == "min_score") *min_score = number;
  if (name == "terminate_after") *terminate_after = static_cast<int32_t>(std::clamp(number, 0.0F, 1e9F));
  return {};
}

}  // namespace

SearchService::SearchService(index::Catalog& catalog, inference::InferenceService& inference)
    : catalog_(catalog), inference_(inference) {}
SearchService::~SearchService() = default;

Result<std::string> SearchService::search(const SearchCall& call, const base::Cancellation& cancellation) {
  const Clock::time_point start = Clock::now();
  ASSIGN_OR_RETURN(const SearchRequest request, parse_search_request(call));
  ASSIGN_OR_RETURN(std::vector<LocalTarget> targets, resolve_targets(catalog_, call.indices, request.indices_options));
  RETURN_IF_ERROR(check_window(targets, request));
  LocalBackend backend(std::move(targets), call.body, base::wall_clock_ms());
  const base::Cancellation limited = request.timeout ? cancellation.with_deadline(start + *request.timeout) : cancellation;
  const bool compound = request.retriever != nullptr && request.retriever->is_compound();
  ASSIGN_OR_RETURN(Outcome outcome,
                   compound ? compound_search(backend, inference_, request, limited) : plain_search(backend, request, limited));
  if (!request.allow_partial_search_results && (backend.timed_out() || !backend.failures().empty())) {
    if (backend.failures().empty())
      return Error(ErrorCode::kSearchPhaseExecution, "Time exceeded").with_cause(Error(ErrorCode::kTimeout, "Time exceeded"));
    return Error(ErrorCode::kSearchPhaseExecution, "Partial shards failure").with_cause(backend.failures().front().error);
  }
  return render(backend, request, std::move(outcome), start);
}

Result<std::string> SearchService::count(const SearchCall& call, const base::Cancellation& cancellation) {
  base::JsonValue query;
  if (call.body != nullptr && call.body->root().exists()) {
    const base::JsonValue root = call.body->root();
    if (!root.is_object())
      return parsing_error({call.body, 0}, root, base::format("Expected [START_OBJECT] but found [{}]", token_name(root)));
    for (const auto [key, value] : root.as_object()) {
      if (key != "query") return parsing_error({call.body, 0}, value, base::format("request does not support [{}]", key));
      query = value;
    }
  }
  ASSIGN_OR_RETURN(const FilteredQuery parsed, parse_filtered(call.body, query, {}));
  ASSIGN_OR_RETURN(const index::IndicesOptions options, parse_indices_options(call.parameters));
  std::optional<float> min_score;
  int32_t terminate_after = 0;
  for (const auto& [name, value] : call.parameters) {
    if (name == "q") return Error(ErrorCode::kIllegalArgument, "[q] is not supported: send the query in the body");
    RETURN_IF_ERROR(read_count_parameter(name, value, &min_score, &terminate_after));
  }
  ASSIGN_OR_RETURN(std::vector<LocalTarget> targets, resolve_targets(catalog_, call.indices, options));
  LocalBackend backend(std::move(targets), call.body, base::wall_clock_ms());
  LocalSearch search;
  search.query = &parsed;
  search.min_score = min_score;
  search.num_hits = 0;
  search.terminate_after = terminate_after;
  search.track_total_hits_up_to = std::numeric_limits<int32_t>::max();
  ASSIGN_OR_RETURN(const LocalSearchResult found, run_local_search(backend, search, cancellation));
  base::JsonWriter out;
  out.begin_object().field("count", found.total->value);
  if (found.terminated_early) out.field("terminated_early", true);
  write_shards(backend, out);
  out.end_object();
  return out.take();
}

}  // namespace selene::search
