#include "search/query/knn_query.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <unordered_set>

#include "base/format.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/vector_values.h"
#include "index/vectors/nearness.h"
#include "index/vectors/segment_vectors.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/nested_weight.h"
#include "search/exec/scored_docs_weight.h"
#include "search/query/exact_knn_query.h"
#include "search/query/filter_context.h"
#include "search/query/knn_filter.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

/// Candidates compared exactly for each hit, where the field does not say it: quantised vectors are close, but not the same.
float default_oversample(index::VectorEncoding encoding) {
  switch (encoding) {
    case index::VectorEncoding::kRaw: return 1;
    case index::VectorEncoding::kInt8: return 1.5F;
    case index::VectorEncoding::kInt4: return 2;
    case index::VectorEncoding::kBinary: return 3;
  }
  return 1;
}

/// One kNN search of one index.
class ShardSearch {
 public:
  ShardSearch(const index::Snapshot& snapshot, const index::MappedField& field, std::span<const float> vector, KnnFilters filters)
      : snapshot_(snapshot), field_(field), vector_(vector), filters_(std::move(filters)) {}

  int32_t k = 10;
  int32_t num_candidates = 100;
  float oversample = 1;
  std::optional<float> similarity;
  bool one_per_document = false;  ///< of the nested vectors of a document the nearest alone
  float visit_percentage =
      0;  ///< about so many of a segment's vectors, in whole clusters, are looked at; 0: num_candidates decides

  KnnShard run() {
    for (size_t ordinal = 0; ordinal < snapshot_.segments().size(); ++ordinal) search({snapshot_.segments()[ordinal], ordinal});
    std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
      return a.nearness != b.nearness ? a.nearness > b.nearness : std::pair(a.segment, a.doc) < std::pair(b.segment, b.doc);
    });
    if (found_.size() > static_cast<size_t>(k)) found_.resize(static_cast<size_t>(k));
    KnnShard shard(snapshot_.segments().size());
    for (const Found& hit : found_) shard[hit.segment].push_back({hit.doc, index::score_of(*field_.vector, hit.nearness)});
    return shard;
  }

 private:
  struct Found {
    size_t segment;
    DocId doc;
    float nearness;
  };

  void search(const SegmentContext& segment) {
    const index::SegmentVectors* const vectors = segment.reader().vectors(field_.name);
    const std::vector<DocId>* const docs = segment.reader().docs_with_field(field_.name);
    if (vectors == nullptr || docs == nullptr || docs->size() != vectors->size()) return;
    const std::optional<index::OrdinalSet> accepted = accepted_vectors(segment, *docs, filters_);
    const uint32_t searchable = accepted ? accepted->count() : vectors->size();
    if (searchable == 0) return;
    index::VectorQuery query;
    query.values = vector_;
    query.accept = accepted ? &*accepted : nullptr;
    query.num_hits = static_cast<int32_t>(std::min(std::ceil(double{oversample} * k), static_cast<double>(searchable)));
    query.num_candidates = std::max(candidates_among(vectors->size()), query.num_hits);
    for (;;) {
      const std::vector<index::VectorHit> hits = vectors->search(query);
      const bool all = hits.size() < static_cast<size_t>(query.num_hits) || static_cast<uint32_t>(query.num_hits) >= searchable;
      if (take(segment, *docs, hits) || all) break;
      query.num_hits = static_cast<int32_t>(std::min<int64_t>(int64_t{query.num_hits} * 2, searchable));
      query.num_candidates = std::max(query.num_candidates, query.num_hits);
    }
    found_.insert(found_.end(), taken_.begin(), taken_.end());
  }

  /// A candidate of a walk looks at its neighbours, twice m at most.
  int32_t candidates_among(uint32_t num_vectors) const {
    if (visit_percentage == 0) return num_candidates;
    const double cluster = field_.vector->index_options.cluster_size;
    const double visited = std::ceil(static_cast<double>(visit_percentage) / 100 * num_vectors / cluster) * cluster;
    return static_cast<int32_t>(std::ceil(visited / (2.0 * field_.vector->index_options.m)));
  }

  /// False if more hits are needed: too many of them belong to the same documents.
  bool take(const SegmentContext& segment, const std::vector<DocId>& docs, const std::vector<index::VectorHit>& hits) {
    taken_.clear();
    std::unordered_set<DocId> roots;
    for (const index::VectorHit& hit : hits) {
      if (taken_.size() == static_cast<size_t>(k)) return true;
      if (similarity && hit.nearness < index::least_nearness(*field_.vector, *similarity)) return true;
      const DocId doc = docs[hit.ordinal];
      if (one_per_document && !roots.insert(segment.reader().nested()->root_of(doc)).second) continue;
      taken_.push_back({segment.ordinal, doc, hit.nearness});
    }
    return !one_per_document || taken_.size() == static_cast<size_t>(k);
  }

  const index::Snapshot& snapshot_;
  const index::MappedField& field_;
  std::span<const float> vector_;
  KnnFilters filters_;
  std::vector<Found> found_;
  std::vector<Found> taken_;  ///< of the segment at hand
};

/// Where a body lies in memory tells it apart from the others of a request. Queries may be bound in different places, so that one
/// is the same as itself alone.
uint64_t id_of(base::JsonValue body, KnnForm form) {
  static std::atomic<uint64_t> last{0};
  if (form == KnnForm::kQuery) return ++last * 2 + 1;
  return std::bit_cast<uint64_t>((*body.as_object().begin()).key.data()) * 2;
}

/// The field that holds the vectors; null if there cannot be any yet.
const index::MappedField* searched_field(const index::MappedField& named) {
  return named.semantic == nullptr ? &named : named.semantic->embeddings.get();
}

}  // namespace

Result<QueryPtr> KnnQuery::parse_form(QueryParser& parser, JsonValue body, KnnForm form) {
  if (!body.is_object()) {
    return parsing_error(parser, body, base::format("Expected [START_OBJECT] in [knn] but found [{}]", token_name(body)));
  }
  auto query = std::make_unique<KnnQuery>();
  query->best_of_all_ = form != KnnForm::kQuery;
  for (const JsonMember member : body.as_object()) {
    if (form == KnnForm::kRetriever && (member.key == "filter" || member.key == "min_score" || member.key == "_name")) continue;
    if (form != KnnForm::kRetriever) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common) continue;
    }
    ASSIGN_OR_RETURN(const bool known, read_knn_key(parser, member, form, query->options_));
    if (!known) return unknown_knn_key(parser, member);
  }
  RETURN_IF_ERROR(check_knn_options(query->options_, form));
  query->id_ = id_of(body, form);
  if (query->options_.inner_hits.exists()) query->exact_ = std::make_unique<ExactKnnQuery>(*query);
  for (const JsonValue filter : query->options_.filters) {
    ASSIGN_OR_RETURN(QueryPtr parsed, parse_query(parser, filter));
    query->filters_.push_back(std::move(parsed));
    query->filter_bodies_.push_back(filter);
  }
  return query;
}

Result<QueryPtr> KnnQuery::parse(QueryParser& parser, JsonValue body) { return parse_form(parser, body, KnnForm::kQuery); }

Result<QueryPtr> KnnQuery::parse_search(QueryParser& parser, JsonValue body) { return parse_form(parser, body, KnnForm::kSearch); }

Result<QueryPtr> KnnQuery::parse_retriever(QueryParser& parser, JsonValue body) {
  return parse_form(parser, body, KnnForm::kRetriever);
}

std::vector<const Query*> KnnQuery::children() const {
  std::vector<const Query*> all;
  for (const QueryPtr& filter : filters_) all.push_back(filter.get());
  return all;
}

void KnnQuery::add_filters(std::vector<QueryPtr> filters) {
  for (QueryPtr& filter : filters) {
    filters_.push_back(std::move(filter));
    filter_bodies_.emplace_back();
  }
}

int32_t KnnQuery::k(const BindContext& context) const {
  if (options_.k) return *options_.k;
  const int32_t size = std::max(context.requested_size, 1);
  return options_.num_candidates ? std::min(size, *options_.num_candidates) : std::min(size, kMaxNumCandidates);
}

int32_t KnnQuery::num_candidates(const BindContext& context) const {
  if (options_.num_candidates) return *options_.num_candidates;
  const auto wanted = static_cast<int32_t>(std::lround(1.5 * k(context)));
  return std::min(wanted, kMaxNumCandidates);
}

Result<std::vector<float>> KnnQuery::query_vector(const BindContext& context, const index::MappedField& named,
                                                  const index::VectorOptions& options) const {
  if (const auto& text = options_.vector.text_embedding) {
    if (context.inference == nullptr) return Error(ErrorCode::kIllegalArgument, "[text_embedding] cannot be computed here");
    if (!text->model_id.empty()) return context.inference->text_embedding(text->model_id, text->model_text);
    if (named.semantic != nullptr) return context.inference->text_embedding(named.semantic->search_inference_id, text->model_text);
    const Error error(ErrorCode::kIllegalArgument, "[model_id] must not be null.");
    return Error(error).with_cause(error);  // found while Elasticsearch rewrites the query, see query_creation_error
  }
  const auto& lookup = options_.vector.lookup;
  if (!lookup) return index::read_vector(options_.vector.values, options.element_type, options.dims, index::VectorUse::kQuery);
  if (context.lookup == nullptr) return Error(ErrorCode::kIllegalArgument, "[lookup] cannot read documents here");
  ASSIGN_OR_RETURN(const std::optional<std::string> source, (*context.lookup)(lookup->index, lookup->id));
  if (!source)
    return Error(ErrorCode::kIllegalArgument, "document [{}] of index [{}] was not found for the [lookup] of a query vector",
                 lookup->id, lookup->index);
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(*source));
  JsonValue value = json.root()[lookup->path];
  std::string_view path = lookup->path;
  for (JsonValue at = json.root(); !value.exists() && path.find('.') != std::string_view::npos;) {
    at = at[path.substr(0, path.find('.'))];
    path.remove_prefix(path.find('.') + 1);
    value = at[path];
  }
  if (!value.exists())
    return Error(ErrorCode::kIllegalArgument, "document [{}] of index [{}] has no value at [{}] for the [lookup] of a query vector",
                 lookup->id, lookup->index, lookup->path);
  return index::read_vector(value, options.element_type, options.dims, index::VectorUse::kDocument);
}

Result<KnnFilters> KnnQuery::bind_filters(const BindContext& context, std::string_view path) const {
  KnnFilters filters;
  BindContext of_documents = context;
  of_documents.nested_scope = {};
  BindContext of_objects = context;
  of_objects.nested_scope = path;
  for (size_t i = 0; i < filters_.size(); ++i) {
    const bool objects = !path.empty() && concerns_nested_objects(filter_bodies_[i], path);
    ASSIGN_OR_RETURN(WeightPtr weight, bind_filter(*filters_[i], objects ? of_objects : of_documents));
    (objects ? filters.of_objects : filters.of_documents).push_back(std::move(weight));
  }
  if (context.any_of == nullptr) return filters;
  std::vector<WeightPtr> any;
  for (const QueryPtr& filter : *context.any_of) {
    ASSIGN_OR_RETURN(WeightPtr weight, bind_filter(*filter, of_documents));
    any.push_back(std::move(weight));
  }
  filters.of_documents.push_back(make_disjunction(std::move(any), ScoreMode::kNone));
  return filters;
}

Result<std::optional<KnnQuery::Target>> KnnQuery::target_in(const BindContext& context) const {
  const index::MappedField* const named = context.mapping().find(options_.field);
  if (named == nullptr) return std::optional<Target>();
  Target target;
  target.field = searched_field(*named);
  if (target.field == nullptr) return std::optional<Target>();
  if (target.field->type != index::FieldType::kDenseVector)
    return Error(ErrorCode::kIllegalArgument, "[knn] queries are only supported on [dense_vector] fields");
  const index::VectorOptions& options = *target.field->vector;
  if (!options.indexed)
    return Error(ErrorCode::kIllegalArgument, "to perform knn search on field [{}], its mapping must have [index] set to [true]",
                 target.field->name);
  ASSIGN_OR_RETURN(target.vector, query_vector(context, *named, options));
  if (options.dims == 0) return std::optional<Target>();
  const int32_t dims = index::dims_of(options.element_type, target.vector.size());
  if (dims != options.dims)
    return Error(ErrorCode::kIllegalArgument,
                 "The query vector has a different number of dimensions [{}] than the document vectors [{}].", dims, options.dims);
  RETURN_IF_ERROR(index::check_components(target.vector, options.element_type, index::VectorUse::kQuery));
  RETURN_IF_ERROR(index::check_finite_magnitude(target.vector, options.element_type));
  RETURN_IF_ERROR(index::check_magnitude(target.vector, options.element_type, options.similarity));
  return std::optional(std::move(target));
}

Result<KnnShard> KnnQuery::search_shard(const BindContext& context) const {
  ASSIGN_OR_RETURN(const std::optional<Target> target, target_in(context));
  if (!target) return KnnShard(context.snapshot.segments().size());
  const index::VectorIndexOptions& options = target->field->vector->index_options;
  const std::string_view path = context.mapping().nested_parent(target->field->name);
  ASSIGN_OR_RETURN(KnnFilters filters, bind_filters(context, path));
  ShardSearch search(context.snapshot, *target->field, target->vector, std::move(filters));
  search.k = k(context);
  search.num_candidates = num_candidates(context);
  search.similarity = options_.similarity;
  search.one_per_document = !path.empty();
  search.oversample = std::max(
      (options_.oversample ? options_.oversample : options.oversample).value_or(default_oversample(options.encoding)), 1.0F);
  if (options.type == "bbq_disk") search.visit_percentage = options_.visit_percentage.value_or(options.default_visit_percentage);
  return search.run();
}

std::optional<InnerHits> KnnQuery::inner_hits() const {
  if (exact_ == nullptr) return std::nullopt;
  return InnerHits{options_.field, exact_.get(), options_.inner_hits};
}

Result<WeightPtr> KnnQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  ASSIGN_OR_RETURN(KnnShard shard, context.knn != nullptr ? context.knn->find(*this, context) : search_shard(context));
  for (auto& segment : shard) {
    for (ScoredDoc& doc : segment) doc.score *= parent_boost * boost;
  }
  auto weight = std::make_unique<ScoredDocsWeight>(std::move(shard), base::format("within top {} documents", k(context)));
  const index::MappedField* const named = context.mapping().find(options_.field);
  const index::MappedField* const searched = named == nullptr ? nullptr : searched_field(*named);
  const std::string_view path = searched == nullptr ? std::string_view() : context.mapping().nested_parent(searched->name);
  if (path.empty() || path == context.nested_scope) return weight;
  return std::make_unique<NestedWeight>(std::move(weight), std::string(path), std::string(context.nested_scope),
                                        NestedScoreMode::kMax);
}

}  // namespace selene::search
