#include "search/request/profile.h"

#include <algorithm>

#include "base/format.h"
#include "search/aggregations/run_aggregations.h"
#include "search/request/profiled_query.h"
#include "search/retrievers/text_similarity_reranker.h"

namespace selene::search {
namespace {

constexpr std::string_view kNodeId = "selene";  // as the `_node` of hits

/// The documents of a tree's list that lie in one index, as Elasticsearch's query for them says it.
std::string rank_docs_text(const SearchRequest& request, const Outcome& outcome, int32_t shard) {
  const auto* const reranker = dynamic_cast<const TextSimilarityReranker*>(request.retriever.get());
  std::string docs;
  for (size_t i = 0; i < outcome.hits.size(); ++i) {
    const FoundHit& hit = outcome.hits[i];
    if (hit.address.shard != shard) continue;
    docs += docs.empty() ? "" : ", ";
    docs +=
        base::format("{}{{_rank={}, _doc={}, _shardIndex={}, score={}", reranker != nullptr ? "TextSimilarityRankDoc" : "RankDoc",
                     i + 1, hit.address.doc, shard, base::format_number(hit.score));
    if (reranker != nullptr) {
      docs += base::format(", inferenceId={}, field={}, chunkScorerConfig={}", reranker->inference_id(), reranker->field_text(),
                           reranker->chunk_rescorer_text());
    }
    docs += "}";
  }
  return "RankDocsQuery{rank_docs:[" + docs + "]}";
}

/// Profiles one index.
class ShardProfiler {
 public:
  ShardProfiler(const LocalBackend& backend, const SearchRequest& request, const Outcome& outcome,
                const base::Cancellation& cancellation, int32_t shard)
      : backend_(backend), request_(request), outcome_(outcome), cancellation_(cancellation), shard_(shard) {}

  void write(const FetchOptions& fetch, base::JsonWriter& out) const {
    const LocalTarget& target = backend_.targets()[static_cast<size_t>(shard_)];
    const std::string& index = target.index->name;
    out.begin_object().field("id", base::format("[{}][{}][0]", kNodeId, index)).field("node_id", kNodeId);
    out.field("shard_id", 0).field("index", index).field("cluster", "(local)");
    out.key("searches").begin_array().begin_object().key("query").begin_array();
    std::vector<QueryProfile> profiles;
    for (const MatchingQuery& matching : outcome_.queries)
      profiles.push_back(profile_query(matching.query, backend_, target, cancellation_));
    int64_t rewrite_ns = 0;
    for (const QueryProfile& profile : profiles) rewrite_ns += profile.create_weight.time_ns;
    if (is_tree()) profiles = {tree_profile(std::move(profiles))};
    for (const QueryProfile& profile : profiles) write_query_profile(profile, out);
    out.end_array().field("rewrite_time", rewrite_ns).key("collector").begin_array();
    write_collector(out);
    out.end_array().end_object().end_array().key("aggregations").begin_array();
    write_aggregation_profiles(target, out);
    out.end_array();
    write_fetch(fetch, out);
    out.end_object();
  }

 private:
  bool is_tree() const { return request_.retriever != nullptr && request_.retriever->is_compound(); }

  QueryProfile tree_profile(std::vector<QueryProfile> leaves) const {
    QueryProfile tree;
    tree.type = "RankDocsQuery";
    tree.description = rank_docs_text(request_, outcome_, shard_);
    tree.create_weight = {outcome_.search_ns.front(), 1};
    tree.children = std::move(leaves);
    return tree;
  }

  /// What the search itself took here, of which the walk over the matches is part; of a tree, all of it.
  void write_collector(base::JsonWriter& out) const {
    const size_t at = std::min(static_cast<size_t>(shard_), outcome_.search_ns.size() - 1);
    const int64_t took = outcome_.search_ns[at];
    out.begin_object().field("name", "QueryPhaseCollector").field("reason", "search_query_phase").field("time_in_nanos", took);
    out.key("children").begin_array().begin_object();
    out.field("name", outcome_.plan ? "TopFieldCollector" : "TopScoreDocCollector").field("reason", "search_top_hits");
    out.field("time_in_nanos", took).end_object().end_array().end_object();
  }

  void write_aggregation_profiles(const LocalTarget& target, base::JsonWriter& out) const {
    if (backend_.document() == nullptr || request_.aggregations.specs.empty()) return;
    const base::JsonValue root = backend_.document()->root();
    const base::JsonValue bodies = root["aggs"].exists() ? root["aggs"] : root["aggregations"];
    for (const base::JsonMember member : bodies.as_object()) write_aggregation(target, member, out);
  }

  void write_aggregation(const LocalTarget& target, base::JsonMember member, base::JsonWriter& out) const {
    const std::string text = base::JsonWriter()
                                 .begin_object()
                                 .key("aggs")
                                 .begin_object()
                                 .key(member.key)
                                 .value(member.value)
                                 .end_object()
                                 .end_object()
                                 .take();
    const auto json = base::JsonDocument::parse(text);
    if (!json.has_value()) return;
    const auto tree = parse_aggregations(&*json, *json->root().as_object().begin());
    if (!tree.has_value() || tree->specs.empty()) return;  // one that reads what others found collects nothing
    std::vector<AggregatedQuery> queries;
    for (const MatchingQuery& matching : outcome_.queries) queries.push_back({&matching.query, matching.min_score});
    LocalBackend alone = backend_.for_target(target);
    const ProfileClock::time_point start = ProfileClock::now();
    const auto found = run_aggregations(*tree, alone, queries, request_.terminate_after, cancellation_);
    const int64_t took = ns_since(start);
    if (!found.has_value()) return;
    std::string type;
    for (const base::JsonMember part : member.value.as_object()) {
      if (part.key != "aggs" && part.key != "aggregations" && part.key != "meta") type = part.key;
    }
    out.begin_object().field("type", type).field("description", member.key).field("time_in_nanos", took);
    out.key("breakdown").begin_object().field("collect", took).field("collect_count", 1).end_object().end_object();
  }

  /// The hits of the page that lie here, fetched again by themselves.
  void write_fetch(const FetchOptions& fetch, base::JsonWriter& out) const {
    const size_t begin = std::min(static_cast<size_t>(request_.from_or_default()), outcome_.hits.size());
    std::vector<FoundHit> hits;
    for (size_t i = begin; i < outcome_.hits.size(); ++i) {
      if (outcome_.hits[i].address.shard == shard_) hits.push_back(outcome_.hits[i]);
    }
    if (hits.empty()) return;
    FetchOptions options = fetch;
    options.inner_hits.clear();
    options.explanations.clear();
    options.explain = options.explain && fetch.explanations.empty();
    base::JsonWriter shown;
    const ProfileClock::time_point start = ProfileClock::now();
    shown.begin_object().key("hits");
    static_cast<void>(write_hits(backend_, hits, outcome_.plan ? &*outcome_.plan : nullptr, options, shown));
    const int64_t took = ns_since(start);
    out.key("fetch").begin_object().field("type", "fetch").field("description", "").field("time_in_nanos", took);
    out.key("breakdown").begin_object().field("load_source", took).field("load_source_count", hits.size()).end_object();
    out.key("debug").begin_object().key("stored_fields").begin_array().value("_id").value("_source").end_array().end_object();
    out.end_object();
  }

  const LocalBackend& backend_;
  const SearchRequest& request_;
  const Outcome& outcome_;
  const base::Cancellation& cancellation_;
  int32_t shard_;
};

}  // namespace

void write_profile(const LocalBackend& backend, const SearchRequest& request, const Outcome& outcome, const FetchOptions& fetch,
                   const base::Cancellation& cancellation, base::JsonWriter& out) {
  out.key("profile").begin_object().key("shards").begin_array();
  for (int32_t shard = 0; shard < backend.num_shards(); ++shard)
    ShardProfiler(backend, request, outcome, cancellation, shard).write(fetch, out);
  out.end_array().end_object();
}

}  // namespace selene::search
