#include "search/backends/local_backend.h"

#include <algorithm>

#include "search/backends/local_search.h"
#include "search/backends/source_values.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/min_score_weight.h"
#include "search/query/filter_context.h"
#include "search/query/knn_query.h"
#include "search/query/parse_support.h"
#include "search/query/query_rules.h"

namespace selene::search {

using base::Result;

Result<FilteredQuery> parse_filtered(const base::JsonDocument* document, base::JsonValue query,
                                     const std::vector<base::JsonValue>& filters) {
  FilteredQuery parsed;
  QueryParser parser{document, 0};
  if (query.exists()) {
    ASSIGN_OR_RETURN(parsed.query, parse_query(parser, query));
  }
  for (const base::JsonValue filter : filters) RETURN_IF_ERROR(parse_query_list(parser, filter, parsed.filters));
  return parsed;
}

Result<FilteredQuery> parse_leaf(const base::JsonDocument* document, const SearchBackend::LeafQuery& leaf) {
  ASSIGN_OR_RETURN(FilteredQuery parsed, parse_filtered(document, leaf.query, leaf.filters));
  parsed.name = leaf.name;
  if (!leaf.knn.exists()) return parsed;
  QueryParser parser{document, 0};
  ASSIGN_OR_RETURN(parsed.query, KnnQuery::parse_retriever(parser, leaf.knn));
  static_cast<KnnQuery&>(*parsed.query).add_filters(std::exchange(parsed.filters, {}));
  return parsed;
}

Result<WeightPtr> bind_filtered(const FilteredQuery& query, const BindContext& context, ScoreMode mode, const index::Index& index,
                                float boost) {
  const auto bind = [&](const Query& part, ScoreMode part_mode) -> Result<WeightPtr> {
    Result<WeightPtr> weight = bind_in_mode(part, context, part_mode, boost);
    if (!weight.has_value()) return query_creation_error(std::move(weight).error(), index);
    return weight;
  };
  WeightPtr main = std::make_unique<MatchAllWeight>(boost);
  if (query.query != nullptr) {
    ASSIGN_OR_RETURN(main, bind(*query.query, mode));
  }
  if (query.filters.empty() && context.any_of == nullptr) return main;
  BooleanWeight::Clauses clauses;
  clauses.must.push_back(std::move(main));
  for (const QueryPtr& filter : query.filters) {
    ASSIGN_OR_RETURN(WeightPtr weight, bind(*filter, ScoreMode::kNone));
    clauses.filter.push_back(std::move(weight));
  }
  if (context.any_of != nullptr) {
    std::vector<WeightPtr> any;
    for (const QueryPtr& filter : *context.any_of) {
      ASSIGN_OR_RETURN(WeightPtr weight, bind(*filter, ScoreMode::kNone));
      any.push_back(std::move(weight));
    }
    clauses.filter.push_back(make_disjunction(std::move(any), ScoreMode::kNone));
  }
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

Result<WeightPtr> bind_on_target(const FilteredQuery& query, const LocalBackend& backend, const LocalTarget& target,
                                 ScoreMode mode) {
  ASSIGN_OR_RETURN(WeightPtr weight, bind_filtered(query, backend.bind_context(target), mode, *target.index, target.boost));
  if (!target.slice) return weight;
  BooleanWeight::Clauses clauses;
  clauses.must.push_back(std::move(weight));
  clauses.filter.push_back(std::make_unique<SliceWeight>(*target.slice));
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

DocumentLookup catalog_lookup(const index::Catalog& catalog) {
  return [&catalog](std::string_view index, std::string_view id) -> Result<std::optional<std::string>> {
    if (index == kQueryRulesIndex) {
      ASSIGN_OR_RETURN(const auto rulesets, catalog.records(kQueryRulesetRecords));
      const auto ruleset = rulesets.find(std::string(id));
      return ruleset == rulesets.end() ? std::nullopt : std::optional(ruleset->second);
    }
    ASSIGN_OR_RETURN(const auto found, catalog.resolve(index, {}));
    for (const std::shared_ptr<index::Index>& each : found) {
      ASSIGN_OR_RETURN(const auto document, each->engine->get(id));
      if (document) return std::optional(document->source);
    }
    return std::optional<std::string>();
  };
}

void LocalBackend::note_failure(std::string_view index, base::Error error) {
  const bool known = std::any_of(failures_.begin(), failures_.end(), [&](const ShardFailure& f) { return f.index == index; });
  if (!known) failures_.push_back({std::string(index), std::move(error)});
}

void LocalBackend::note_all(const LocalBackend& other) {
  timed_out_ = timed_out_ || other.timed_out_;
  for (const ShardFailure& failure : other.failures_) note_failure(failure.index, failure.error);
}

Result<SearchBackend::LeafResult> LocalBackend::search(const LeafQuery& leaf, const base::Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const FilteredQuery query, parse_leaf(document_, leaf));
  set_requested_size(leaf.size);
  std::vector<SortField> sort;
  if (leaf.sort.exists()) {
    ASSIGN_OR_RETURN(sort, parse_sort(document_, leaf.sort));
  }
  LocalSearch search;
  search.query = &query;
  search.min_score = leaf.min_score;
  search.num_hits = leaf.size;
  search.sort = &sort;
  const std::string collapse_field(leaf.collapse_field);
  if (!collapse_field.empty()) search.collapse_field = &collapse_field;
  search.track_total_hits_up_to = leaf.track_total_hits_up_to;
  ASSIGN_OR_RETURN(LocalSearchResult found, run_local_search(*this, search, cancellation));
  LeafResult result;
  result.total = found.total;
  result.top.docs.reserve(found.hits.size());
  int32_t rank = 0;
  for (const FoundHit& hit : found.hits) result.top.docs.push_back({hit.address, hit.score, ++rank});
  return result;
}

Result<std::vector<std::optional<std::string>>> LocalBackend::first_values(std::string_view field,
                                                                           const std::vector<DocAddress>& docs) {
  std::vector<std::optional<std::string>> texts;
  texts.reserve(docs.size());
  base::JsonDocument json;
  std::vector<base::JsonValue> values;
  for (const DocAddress address : docs) {
    const index::Snapshot& snapshot = *target(address).snapshot;
    const index::MappedField* const mapped = snapshot.mapping().find(field);
    if (mapped == nullptr) {
      texts.emplace_back();
      continue;
    }
    ASSIGN_OR_RETURN(const index::StoredDocument stored, snapshot.document(address.doc));
    RETURN_IF_ERROR(json.reparse(stored.source));
    values.clear();
    collect_source_values(json.root(), source_path_of(snapshot.mapping(), *mapped), values);
    const auto scalar = std::find_if(values.begin(), values.end(), [](base::JsonValue v) { return !v.is_object(); });
    texts.push_back(scalar == values.end() ? std::nullopt : std::optional(scalar_text(*scalar)));
  }
  return texts;
}

Result<TotalHits> LocalBackend::count_union(const std::vector<LeafQuery>& leaves, int32_t limit,
                                            const base::Cancellation& cancellation) {
  std::vector<FilteredQuery> queries;
  for (const LeafQuery& leaf : leaves) {
    ASSIGN_OR_RETURN(FilteredQuery query, parse_leaf(document_, leaf));
    queries.push_back(std::move(query));
  }
  int64_t total = 0;
  TotalRelation relation = TotalRelation::kEqualTo;
  for (const LocalTarget& target : targets_) {
    std::vector<WeightPtr> weights;
    for (size_t i = 0; i < leaves.size(); ++i) {
      const ScoreMode mode = leaves[i].min_score ? ScoreMode::kComplete : ScoreMode::kNone;
      Result<WeightPtr> weight = bind_on_target(queries[i], *this, target, mode);
      if (!weight.has_value()) continue;  // noted when the leaf was searched
      if (leaves[i].min_score) {
        weights.push_back(std::make_unique<MinScoreWeight>(std::move(weight).value(), *leaves[i].min_score));
      } else {
        weights.push_back(std::move(weight).value());
      }
    }
    const WeightPtr any = make_disjunction(std::move(weights), ScoreMode::kNone);
    const TotalHits counted = count_matches(*target.snapshot, *any, limit - total, cancellation);
    if (cancellation.cancelled()) return base::Error(base::ErrorCode::kTaskCancelled, "task cancelled");
    if (auto error = take_runtime_error()) return std::move(*error);
    total += counted.value;
    if (counted.relation != TotalRelation::kEqualTo) {
      relation = counted.relation;
      if (total > limit) break;
    }
  }
  return clip_total(total, relation, limit);
}

}  // namespace selene::search
