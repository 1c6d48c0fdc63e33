#include "search/request/search_run.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "search/aggregations/run_aggregations.h"
#include "search/backends/shared_searches.h"
#include "search/request/knn_section.h"
#include "search/retrievers/retriever_trace.h"
#include "search/retrievers/standard_retriever.h"

namespace selene::search {
namespace {

using base::Result;

/// The order of hits as asked for; a search in a point in time has the document as its last key, unless `search_after` gives no
/// value for it.
Result<std::vector<SortField>> sort_of(const LocalBackend& backend, const SearchRequest& request, base::JsonValue search_after) {
  std::vector<SortField> sort = request.sort;
  const auto* const standard = dynamic_cast<const StandardRetriever*>(request.retriever.get());
  if (standard != nullptr && standard->sort().exists()) {
    ASSIGN_OR_RETURN(sort, parse_sort(backend.document(), standard->sort()));
  }
  if (!request.pit || sort.empty()) return sort;
  const bool given = std::any_of(sort.begin(), sort.end(), [](const SortField& key) { return key.is_shard_doc(); });
  const bool values_fit = search_after.is_array() && search_after.as_array().size() == sort.size();
  if (!given && !values_fit) sort.push_back(SortField::shard_doc());
  return sort;
}

/// query, filters, sort, ... of a search without retriever, or of one whose whole tree is one leaf.
Result<Outcome> plain_search(LocalBackend& backend, const SearchRequest& request, const FoundHit* after,
                             const base::Cancellation& cancellation) {
  const auto* const standard = dynamic_cast<const StandardRetriever*>(request.retriever.get());
  LocalSearch search;
  SearchBackend::LeafQuery leaf;
  leaf.query = request.query;
  search.min_score = request.min_score;
  search.search_after = request.search_after;
  search.after = after;
  search.terminate_after = request.terminate_after;
  if (request.retriever != nullptr) {
    std::vector<SearchBackend::LeafQuery> leaves;
    request.retriever->collect_leaves({}, leaves);
    leaf = leaves.front();
    if (leaf.min_score) search.min_score = leaf.min_score;
  }
  if (standard != nullptr) {
    search.search_after = standard->search_after();
    search.terminate_after = standard->terminate_after();
  }
  ASSIGN_OR_RETURN(const std::vector<SortField> sort, sort_of(backend, request, search.search_after));
  Outcome outcome;
  backend.set_requested_size(request.size_or_default());
  ASSIGN_OR_RETURN(FilteredQuery parsed, parse_leaf(backend.document(), leaf));
  if (!request.knn.empty()) {
    ASSIGN_OR_RETURN(parsed.query, with_knn_searches(backend.document(), std::move(parsed.query), request.knn));
  }
  outcome.queries.push_back({std::move(parsed), search.min_score});
  if (leaf.query.exists()) outcome.query_texts.push_back(leaf.query);
  ASSIGN_OR_RETURN(const FilteredQuery post_filter, parse_filtered(backend.document(), request.post_filter, {}));
  search.query = &outcome.queries.front().query;
  search.post_filter = post_filter.query.get();
  search.sort = &sort;
  search.track_scores = request.track_scores;
  if (request.collapse) search.collapse_field = &request.collapse->field;
  if (!request.rescores.empty()) search.rescores = &request.rescores;
  search.track_total_hits_up_to = after == nullptr ? request.count_up_to() : 0;
  search.num_hits = request.size_or_default() == 0 ? 0 : request.from_or_default() + request.size_or_default();
  ASSIGN_OR_RETURN(LocalSearchResult found, run_local_search(backend, search, cancellation));
  outcome.hits = std::move(found.hits);
  outcome.plan = std::move(found.plan);
  outcome.total = found.total;
  outcome.max_score = found.max_score;
  outcome.terminated_early = found.terminated_early;
  outcome.search_ns = std::move(found.shard_ns);
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

/// The first `wanted` of a ranked list; with `collapse` the first of each group.
Result<std::vector<FoundHit>> hits_of(const LocalBackend& backend, const SearchRequest& request, const RankDocs& ranked,
                                      size_t wanted) {
  std::vector<FoundHit> hits;
  std::set<CollapseGroup> seen;
  for (const RankDoc& doc : ranked.docs) {
    if (hits.size() == wanted) break;
    FoundHit hit{doc.address, doc.score, {}};
    if (request.collapse) {
      const LocalTarget& target = backend.target(doc.address);
      ASSIGN_OR_RETURN(hit.group, collapse_group_of(request.collapse->field, *target.snapshot, doc.address.doc));
      if (!seen.insert(*hit.group).second) continue;
    }
    hits.push_back(std::move(hit));
  }
  return hits;
}

PassageCollector::Wanted passages_wanted(const SearchRequest& request) {
  const bool highlighted = request.highlight && std::any_of(request.highlight->fields.begin(), request.highlight->fields.end(),
                                                            [](const HighlightField& field) { return field.type == "semantic"; });
  return highlighted ? PassageCollector::Wanted::kAll : PassageCollector::Wanted::kExplained;
}

ResolveContext resolve_context(const LocalBackend& backend) {
  ResolveContext context;
  context.lookup = backend.document_lookup();
  for (const LocalTarget& target : backend.targets()) {
    context.targets.push_back({target.snapshot.get(), &target.index->settings.query_default_field});
  }
  return context;
}

/// Where the page starts in the list.
size_t page_begin(const SearchRequest& request, const Outcome& outcome) {
  return std::min(static_cast<size_t>(request.from_or_default()), outcome.hits.size());
}

Result<Outcome> compound_search(LocalBackend& backend, const TreeServices& services, const SearchRequest& request,
                                const base::Cancellation& cancellation) {
  Retriever& tree = *request.retriever;
  backend.set_requested_size(tree.rank_window_size());
  SharedSearches searches(backend);
  RetrieverTrace trace;
  PassageCollector passages(passages_wanted(request));
  RequestWarnings warnings;
  RetrieveContext context{searches,
                          services.inference,
                          cancellation,
                          tree.rank_window_size(),
                          {},
                          &warnings,
                          &passages,
                          &services.threads,
                          request.explain ? &trace : nullptr,
                          services.rerank_timeout};
  RETURN_IF_ERROR(tree.resolve(resolve_context(backend)));
  RETURN_IF_ERROR(tree.prepare(context));
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const RankDocs ranked, tree.retrieve(context));
  const auto took = std::chrono::steady_clock::now() - start;
  if (request.warnings != nullptr) {
    for (std::string& text : warnings.take()) request.warnings->push_back(std::move(text));
  }
  Outcome outcome;
  outcome.search_ns = {std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()};
  outcome.reranked = passages.reranked();
  std::vector<SearchBackend::LeafQuery> leaves;
  tree.collect_leaves({}, leaves);
  ASSIGN_OR_RETURN(outcome.total, count_tree(backend, request, leaves, ranked.docs.size(), cancellation));
  for (const SearchBackend::LeafQuery& leaf : leaves) {
    ASSIGN_OR_RETURN(FilteredQuery query, parse_leaf(backend.document(), leaf));
    outcome.queries.push_back({std::move(query), leaf.min_score});
    if (leaf.query.exists()) outcome.query_texts.push_back(leaf.query);
  }
  if (request.size_or_default() == 0) return outcome;
  const size_t wanted = static_cast<size_t>(request.from_or_default()) + static_cast<size_t>(request.size_or_default());
  ASSIGN_OR_RETURN(outcome.hits, hits_of(backend, request, ranked, wanted));
  if (!outcome.hits.empty()) outcome.max_score = outcome.hits.front().score;
  if (!request.explain) return outcome;
  for (size_t i = page_begin(request, outcome); i < outcome.hits.size(); ++i) {
    ASSIGN_OR_RETURN(Explanation explanation, tree.explain({searches, trace, {}}, outcome.hits[i].address));
    outcome.explanations.push_back(std::move(explanation));
  }
  return outcome;
}

base::Status aggregate(LocalBackend& backend, const SearchRequest& request, Outcome& outcome,
                       const base::Cancellation& cancellation) {
  if (request.aggregations.specs.empty()) return {};
  std::vector<AggregatedQuery> queries;
  for (const MatchingQuery& matching : outcome.queries) queries.push_back({&matching.query, matching.min_score});
  ASSIGN_OR_RETURN(outcome.aggregations,
                   run_aggregations(request.aggregations, backend, queries, request.terminate_after, cancellation));
  return {};
}

}  // namespace

Result<Outcome> run_search(LocalBackend& backend, const TreeServices& services, const SearchRequest& request, const FoundHit* after,
                           const base::Cancellation& cancellation) {
  const bool compound = request.retriever != nullptr && request.retriever->is_compound();
  ASSIGN_OR_RETURN(Outcome outcome, compound ? compound_search(backend, services, request, cancellation)
                                             : plain_search(backend, request, after, cancellation));
  if (request.collapse) {
    const size_t begin = page_begin(request, outcome);
    const std::vector<FoundHit> page(outcome.hits.begin() + static_cast<std::ptrdiff_t>(begin), outcome.hits.end());
    ASSIGN_OR_RETURN(outcome.inner_hits, expand_groups(*request.collapse, backend, outcome.queries, page, cancellation));
  }
  // A scroll aggregates with its first page.
  if (after == nullptr) RETURN_IF_ERROR(aggregate(backend, request, outcome, cancellation));
  return outcome;
}

}  // namespace selene::search
