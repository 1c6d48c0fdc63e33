#include "search/fetch/fetch_phase.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "search/fetch/hit_fields.h"
#include "search/fetch/hit_passages.h"
#include "search/fetch/inference_fields.h"
#include "search/fetch/nested_inner_hits.h"
#include "search/highlight/highlighter.h"

namespace selene::search {
namespace {

using DocumentPtr = std::shared_ptr<const index::StoredDocument>;

constexpr size_t kHitsPerRead = 128;  ///< whose documents are in memory at the same time

struct NamedWeight {
  std::string_view name;
  WeightPtr weight;
};

/// What the hits of one index have in common.
struct TargetState {
  SourceFilter source;  ///< with what the index leaves out
  std::vector<NamedWeight> named;
  std::vector<WeightPtr> explained;
  std::optional<Highlighter> highlighter;
  std::vector<WeightPtr> rescored;  ///< of FetchOptions::rescores
  std::vector<NestedInnerHits> inner_hits;
};

void collect_named(const Query& query, std::vector<const Query*>& named) {
  if (!query.name.empty()) named.push_back(&query);
  for (const Query* child : query.children()) collect_named(*child, named);
}

/// The inner hits that nested queries ask for.
base::Status bind_inner_hits(const LocalBackend& backend, const LocalTarget& target, const FetchOptions& options,
                             TargetState& state) {
  std::set<std::string_view> names;
  for (const FilteredQuery* query : options.queries) {
    if (query->query == nullptr) continue;
    base::Result<std::vector<NestedInnerHits>> bound = NestedInnerHits::bind(*query->query, backend, target);
    if (!bound.has_value())
      return all_shards_failed({{target.index->name, std::move(bound).error().with("index", target.index->name)}});
    for (NestedInnerHits& one : *bound) state.inner_hits.push_back(std::move(one));
  }
  for (const NestedInnerHits& one : state.inner_hits) {
    if (names.insert(one.name()).second) continue;
    return base::Error(base::ErrorCode::kIllegalArgument, "[inner_hits] already contains an entry for key [{}]", one.name());
  }
  return {};
}

base::Result<TargetState> bind_target(const LocalBackend& backend, const LocalTarget& target, const FetchOptions& options) {
  TargetState state;
  state.source = options.source.for_index(*target.index, target.snapshot->mapping());
  const BindContext context = backend.bind_context(target);
  if (options.highlight != nullptr) {
    base::Result<Highlighter> made =
        Highlighter::create(*options.highlight, context, options.highlighted_queries, options.reranked);
    if (!made.has_value())
      return all_shards_failed({{target.index->name, std::move(made).error().with("index", target.index->name)}});
    state.highlighter = std::move(made).value();
  }
  RETURN_IF_ERROR(bind_inner_hits(backend, target, options, state));
  std::vector<const Query*> named;
  for (const FilteredQuery* query : options.queries) {
    if (query->query != nullptr) collect_named(*query->query, named);
    for (const QueryPtr& filter : query->filters) collect_named(*filter, named);
    if (!query->name.empty()) {
      if (auto weight = bind_on_target(*query, backend, target, ScoreMode::kNone); weight.has_value())
        state.named.push_back({query->name, std::move(weight).value()});
    }
    if (!options.explain || !options.explanations.empty()) continue;
    if (auto weight = bind_on_target(*query, backend, target, ScoreMode::kComplete); weight.has_value()) {
      state.explained.push_back(std::move(weight).value());
    }
  }
  if (options.explain && options.rescores != nullptr) {
    for (const Rescore& rescore : *options.rescores) {
      if (auto weight = rescore.query->weight(context, ScoreMode::kComplete, 1); weight.has_value())
        state.rescored.push_back(std::move(weight).value());
    }
  }
  for (const Query* query : named) {
    if (auto weight = query->weight(context, ScoreMode::kNone, 1); weight.has_value()) {
      state.named.push_back({query->name, std::move(weight).value()});
    }
  }
  return state;
}

size_t ordinal_of(const index::Snapshot& snapshot, const index::SegmentView& segment) {
  return static_cast<size_t>(&segment - snapshot.segments().data());
}

void write_matched_queries(const TargetState& state, const SegmentContext& segment, DocId doc, base::JsonWriter& out) {
  if (state.named.empty()) return;
  std::vector<std::string_view> matched;
  for (const NamedWeight& named : state.named) {
    const ScorerPtr scorer = named.weight->scorer(segment);
    if (scorer != nullptr && scorer->advance(doc) == doc) matched.push_back(named.name);
  }
  if (matched.empty()) return;
  out.key("matched_queries").begin_array();
  for (const std::string_view name : matched) out.value(name);
  out.end_array();
}

base::Status write_fields(const FetchOptions& options, const index::Snapshot& snapshot, const SegmentContext& segment, DocId doc,
                          const index::StoredDocument& stored, const FoundHit& hit, base::JsonWriter& out) {
  const index::Mapping& mapping = snapshot.mapping();
  const bool none = !hit.group && options.docvalue_fields.empty() && options.fields.empty() && options.stored_fields.empty() &&
                    options.reranked == nullptr && options.script_fields.empty();
  if (none) return {};
  base::JsonWriter fields;
  base::JsonWriter ignored;
  fields.begin_object();
  ignored.begin_object();
  if (hit.group && hit.group->json != "null") fields.key(options.collapse_field).begin_array().raw(hit.group->json).end_array();
  RETURN_IF_ERROR(write_doc_values(mapping, segment, doc, options.docvalue_fields, fields));
  std::vector<FieldRequest> from_source = options.fields;
  for (const FieldRequest& request : options.stored_fields) append_stored_fields(mapping, request.pattern, from_source);
  if (!from_source.empty()) {
    if (const auto document = base::JsonDocument::parse(stored.source); document.has_value()) {
      write_source_fields(mapping, document->root(), from_source, fields, ignored);
    }
  }
  if (options.reranked != nullptr) write_passages(*options.reranked, hit.address, fields);
  RETURN_IF_ERROR(write_script_fields(options.script_fields, snapshot, segment, doc, fields));
  fields.end_object();
  ignored.end_object();
  if (fields.text() != "{}") out.key("fields").raw(fields.text());
  if (ignored.text() != "{}") out.key("ignored_field_values").raw(ignored.text());
  return {};
}

/// In the order of `hits`.
base::Result<std::vector<DocumentPtr>> read_documents(const LocalBackend& backend, std::span<const FoundHit> hits) {
  std::map<int32_t, std::vector<size_t>> by_shard;
  for (size_t i = 0; i < hits.size(); ++i) by_shard[hits[i].address.shard].push_back(i);
  std::vector<DocumentPtr> documents(hits.size());
  for (const auto& [shard, places] : by_shard) {
    std::vector<DocId> docs;
    for (const size_t at : places) docs.push_back(hits[at].address.doc);
    ASSIGN_OR_RETURN(std::vector<DocumentPtr> read, backend.target(hits[places.front()].address).snapshot->documents(docs));
    for (size_t i = 0; i < places.size(); ++i) documents[places[i]] = std::move(read[i]);
  }
  return documents;
}

Explanation explain_hit(const TargetState& state, const FetchOptions& options, const SegmentContext& segment, DocId doc,
                        float score) {
  if (state.explained.size() == 1) {
    Explanation explanation = state.explained.front()->explain(segment, doc);
    for (size_t i = 0; i < state.rescored.size(); ++i)
      explanation = explain_rescore((*options.rescores)[i], *state.rescored[i], std::move(explanation), segment, doc);
    return explanation;
  }
  Explanation sum{true, std::isnan(score) ? 0 : score, "sum of:", {}};
  for (const WeightPtr& weight : state.explained) sum.details.push_back(weight->explain(segment, doc));
  return sum;
}

/// The bytes as they came where nothing of them is left out or added.
base::Status write_source(const FetchOptions& options, const SourceFilter& filter, const index::Mapping& mapping,
                          const index::StoredDocument& stored, base::JsonWriter& out) {
  if (!options.source.enabled) return {};
  const bool asks_for_inference = asks_for_inference_fields(options.fields);
  if (!asks_for_inference && filter.keeps_all()) {
    out.key("_source").raw(stored.source);
    return {};
  }
  ASSIGN_OR_RETURN(std::string source, filter_source(stored.source, filter));
  if (asks_for_inference) source = with_inference_fields(std::move(source), stored, mapping);
  out.key("_source").raw(source);
  return {};
}

base::Status write_hit(const LocalTarget& target, const TargetState& state, const FoundHit& hit,
                       const index::StoredDocument& stored, const SortPlan* plan, const FetchOptions& options, size_t at,
                       base::JsonWriter& out) {
  const index::Snapshot& snapshot = *target.snapshot;
  const index::SegmentView& view = snapshot.segment_of(hit.address.doc);
  const SegmentContext segment{view, ordinal_of(snapshot, view)};
  const DocId doc = hit.address.doc - view.doc_base;
  out.begin_object();
  if (options.explain) out.field("_shard", "[" + snapshot.index_name() + "][0]").field("_node", "selene");
  out.field("_index", snapshot.index_name());
  if (options.show_id) out.field("_id", stored.id);
  if (options.version) out.field("_version", stored.version);
  if (options.seq_no_primary_term) out.field("_seq_no", stored.seq_no).field("_primary_term", stored.primary_term);
  out.key("_score");
  std::isnan(hit.score) ? out.null() : out.value(hit.score);
  if (!stored.routing.empty()) out.field("_routing", stored.routing);
  write_ignored(segment, doc, out);
  RETURN_IF_ERROR(write_source(options, state.source, snapshot.mapping(), stored, out));
  base::Status fields = write_fields(options, snapshot, segment, doc, stored, hit, out);
  if (!fields.has_value())
    return all_shards_failed({{target.index->name, std::move(fields).error().with("index", target.index->name)}});
  if (state.highlighter) {
    ASSIGN_OR_RETURN(const base::JsonDocument source, base::JsonDocument::parse(stored.source));
    base::Status written = state.highlighter->write({source.root(), stored.id, stored.inference, segment, doc}, hit.address, out);
    if (!written.has_value()) return all_shards_failed({{target.index->name, std::move(written).error()}});
  }
  if (plan != nullptr) {
    out.key("sort");
    plan->write(hit.keys, out);
  }
  write_matched_queries(state, segment, doc, out);
  if (options.explain) {
    out.key("_explanation");
    write_explanation(
        at < options.explanations.size() ? options.explanations[at] : explain_hit(state, options, segment, doc, hit.score), out);
  }
  std::string inner_hits = at < options.inner_hits.size() ? options.inner_hits[at] : std::string();
  RETURN_IF_ERROR(append_inner_hits(state.inner_hits, segment, doc, stored, inner_hits));
  if (!inner_hits.empty()) out.key("inner_hits").raw("{" + inner_hits + "}");
  out.end_object();
  return {};
}

}  // namespace

void write_explanation(const Explanation& explanation, base::JsonWriter& out) {
  out.begin_object().field("value", explanation.value).field("description", explanation.description).key("details").begin_array();
  for (const Explanation& detail : explanation.details) write_explanation(detail, out);
  out.end_array().end_object();
}

base::Status write_hits(const LocalBackend& backend, const std::vector<FoundHit>& hits, const SortPlan* plan,
                        const FetchOptions& options, base::JsonWriter& out) {
  std::map<int32_t, TargetState> states;
  std::vector<DocumentPtr> documents;
  out.begin_array();
  for (size_t i = 0; i < hits.size(); ++i) {
    const FoundHit& hit = hits[i];
    if (i % kHitsPerRead == 0) {
      ASSIGN_OR_RETURN(documents, read_documents(backend, std::span(hits).subspan(i, std::min(kHitsPerRead, hits.size() - i))));
    }
    const LocalTarget& target = backend.target(hit.address);
    auto state = states.find(hit.address.shard);
    if (state == states.end()) {
      ASSIGN_OR_RETURN(TargetState bound, bind_target(backend, target, options));
      state = states.emplace(hit.address.shard, std::move(bound)).first;
    }
    RETURN_IF_ERROR(write_hit(target, state->second, hit, *documents[i % kHitsPerRead], plan, options, i, out));
  }
  out.end_array();
  return {};
}

}  // namespace selene::search
