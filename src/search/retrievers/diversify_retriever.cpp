#include "search/retrievers/diversify_retriever.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/format.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/vector_values.h"
#include "index/vectors/nearness.h"
#include "search/query/parse_support.h"
#include "search/rerank/mmr.h"
#include "search/retrievers/compound.h"
#include "search/script/script_functions.h"
#include "search/script/vector_source.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

namespace {

/// The score of a kNN search with one of the two as its query.
float vector_score(const index::VectorOptions& options, std::span<const float> a, std::span<const float> b) {
  double nearness = 0;
  if (options.element_type == index::ElementType::kBit) {
    nearness = -hamming_distance(a, b);
  } else if (options.similarity == index::VectorSimilarity::kCosine) {
    nearness = cosine_similarity(a, b);
  } else if (options.similarity == index::VectorSimilarity::kL2Norm) {
    nearness = -std::pow(l2_norm(a, b), 2);
  } else {
    nearness = dot_product(a, b);
  }
  return index::score_of(options, static_cast<float>(nearness));
}

/// Of the document, or of the hidden documents around its chunks.
std::vector<std::vector<float>> vectors_of(const index::SegmentReader& segment, const index::MappedField& field, index::DocId doc,
                                           bool of_chunks) {
  std::vector<std::vector<float>> all;
  const std::unique_ptr<VectorSource> source = open_vectors(segment, field);
  if (source == nullptr || (of_chunks && segment.nested() == nullptr)) return all;
  const index::DocId begin = of_chunks ? segment.nested()->block_begin(doc) : doc;
  for (index::DocId at = begin; at < doc + (of_chunks ? 0 : 1); ++at) {
    const std::span<const float> vector = source->vector(at);
    if (!vector.empty()) all.emplace_back(vector.begin(), vector.end());
  }
  return all;
}

}  // namespace

base::Status DiversifyRetriever::read_key(const RetrieverParser& parser, JsonMember member) {
  if (member.key == "retriever") {
    ASSIGN_OR_RETURN(child_, parser.read_retriever(member));
  } else if (member.key == "type") {
    ASSIGN_OR_RETURN(diversification_, parser.read_text(member));
  } else if (member.key == "field") {
    ASSIGN_OR_RETURN(field_, parser.read_text(member));
  } else if (member.key == "lambda") {
    ASSIGN_OR_RETURN(lambda_, parser.read_number(member));
  } else if (member.key == "size") {
    ASSIGN_OR_RETURN(size_, parser.read_count(member));
  } else if (member.key == "rank_window_size") {
    ASSIGN_OR_RETURN(rank_window_size_, parser.read_count(member));
  } else if (member.key == "top_n_chunks") {
    ASSIGN_OR_RETURN(top_n_chunks_, parser.read_count(member));
  } else if (member.key == "query_vector" || member.key == "query_vector_builder") {
    QueryParser queries{&parser.document, 0};
    Result<bool> read = read_knn_key(queries, member, KnnForm::kRetriever, vector_);
    if (!read.has_value()) return parser.failed_field(member, std::move(read).error());
    if (has_vector_ || vector_.vector.lookup) {
      return parser.failed_field(
          member,
          Error(ErrorCode::kIllegalArgument, has_vector_ ? "only one of [query_vector] and [query_vector_builder] must be provided"
                                                         : "[diversify] does not support [lookup]"));
    }
    has_vector_ = true;
  } else {
    return parser.unknown_field(member);
  }
  return {};
}

base::Status DiversifyRetriever::check() const {
  RETURN_IF_ERROR(RetrieverParser::check_required({{"retriever", child_ != nullptr},
                                                   {"type", !diversification_.empty()},
                                                   {"field", !field_.empty()},
                                                   {"lambda", lambda_.has_value()}}));
  if (diversification_ != "mmr")
    return Error(ErrorCode::kIllegalArgument, "[diversify] unknown [type] [{}], it must be [mmr]", diversification_);
  if (!(*lambda_ >= 0 && *lambda_ <= 1))
    return Error(ErrorCode::kIllegalArgument, "[diversify] [lambda] must be between 0 and 1, was [{}]", java_text(*lambda_));
  if (top_n_chunks_ < 1)
    return Error(ErrorCode::kIllegalArgument, "[diversify] [top_n_chunks] must be greater than 0, was [{}]", top_n_chunks_);
  if (size_ < 1) return Error(ErrorCode::kIllegalArgument, "[diversify] [size] must be greater than 0, was [{}]", size_);
  return {};
}

Result<std::unique_ptr<Retriever>> DiversifyRetriever::parse(const base::JsonDocument& document, base::JsonValue body,
                                                             int32_t depth) {
  const RetrieverParser parser{
      document,
      "diversify",
      {"retriever", "type", "field", "lambda", "size", "rank_window_size", "query_vector", "query_vector_builder", "top_n_chunks"},
      depth};
  auto node = std::make_unique<DiversifyRetriever>();
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, node->base_));
    if (!known) RETURN_IF_ERROR(node->read_key(parser, member));
  }
  RETURN_IF_ERROR(node->check());
  return node;
}

void DiversifyRetriever::validate(RetrieverValidation& validation) const {
  if (rank_window_size_ >= 0 && size_ > rank_window_size_) {
    validation.problems.push_back(base::format(
        "[diversify] requires [rank_window_size: {}] be greater than or equal to its [size: {}]", rank_window_size_, size_));
  }
  validate_compound(*this, "rank_window_size", {child_.get()}, validation);
}

base::Status DiversifyRetriever::check_field(const index::Snapshot& snapshot) {
  const index::MappedField* const field = snapshot.mapping().find(field_);
  const index::SemanticText* const semantic = field == nullptr ? nullptr : field->semantic.get();
  auto& text = vector_.vector.text_embedding;
  if (text && text->model_id.empty()) {
    if (semantic == nullptr) return Error(ErrorCode::kIllegalArgument, "[model_id] must not be null.");
    text->model_id = semantic->search_inference_id;
  }
  const bool chunks = semantic != nullptr && (semantic->embeddings == nullptr || holds_vectors(*semantic->embeddings));
  if (chunks || (field != nullptr && holds_vectors(*field) && snapshot.mapping().nested_parent(field_).empty())) return {};
  return Error(ErrorCode::kIllegalArgument, "[diversify] field [{}] of index [{}] is not a [dense_vector] field", field_,
               snapshot.index_name());
}

base::Status DiversifyRetriever::resolve(const ResolveContext& context) {
  for (const ResolveTarget& target : context.targets) {
    snapshots_.push_back(target.snapshot);
    RETURN_IF_ERROR(check_field(*target.snapshot));
  }
  return child_->resolve(context);
}

Result<std::vector<DiversifyRetriever::Candidate>> DiversifyRetriever::candidates(const RankDocs& docs) const {
  std::vector<Candidate> found;
  for (const RankDoc& doc : docs.docs) {
    const index::Snapshot& snapshot = *snapshots_[static_cast<size_t>(doc.address.shard)];
    const index::SegmentView& view = snapshot.segment_of(doc.address.doc);
    const index::MappedField& named = *snapshot.mapping().find(field_);
    const index::MappedField* const field = named.semantic == nullptr ? &named : named.semantic->embeddings.get();
    if (field == nullptr) continue;
    Candidate candidate{doc, vectors_of(*view.reader, *field, doc.address.doc - view.doc_base, named.semantic != nullptr),
                        field->vector.get()};
    if (candidate.vectors.empty()) continue;
    if (!found.empty() && found.front().vectors.front().size() != candidate.vectors.front().size())
      return Error(ErrorCode::kIllegalArgument, "[diversify] field [{}] has different numbers of dimensions in these indices",
                   field_);
    found.push_back(std::move(candidate));
  }
  return found;
}

Result<std::vector<float>> DiversifyRetriever::query_vector(const RetrieveContext& context,
                                                            const index::VectorOptions& options) const {
  if (!vector_.vector.text_embedding)
    return index::read_vector(vector_.vector.values, options.element_type, options.dims, index::VectorUse::kQuery);
  inference::EmbeddingRequest request;
  request.inputs = {vector_.vector.text_embedding->model_text};
  request.input_type = inference::InputType::kSearch;
  ASSIGN_OR_RETURN(std::vector<std::vector<float>> vectors,
                   context.inference.text_embedding(vector_.vector.text_embedding->model_id, request, context.cancellation));
  if (vectors.size() != 1)
    return Error(ErrorCode::kIllegalState, "inference endpoint [{}] gave [{}] results for [1] text",
                 vector_.vector.text_embedding->model_id, vectors.size());
  return std::move(vectors.front());
}

Result<std::vector<float>> DiversifyRetriever::relevance(const RetrieveContext& context, std::vector<Candidate>& candidates) const {
  std::vector<float> relevance;
  const auto num_chunks = static_cast<size_t>(top_n_chunks_);
  if (!has_vector_) {
    for (Candidate& candidate : candidates) {
      relevance.push_back(std::isnan(candidate.doc.score) ? 0 : candidate.doc.score);
      if (candidate.vectors.size() > num_chunks) candidate.vectors.resize(num_chunks);
    }
    return relevance;
  }
  ASSIGN_OR_RETURN(const std::vector<float> query, query_vector(context, *candidates.front().options));
  if (query.size() != candidates.front().vectors.front().size()) {
    return Error(ErrorCode::kIllegalArgument,
                 "The query vector has a different number of dimensions [{}] than the document vectors [{}].", query.size(),
                 candidates.front().vectors.front().size());
  }
  const index::VectorOptions& options = *candidates.front().options;
  RETURN_IF_ERROR(index::check_components(query, options.element_type, index::VectorUse::kQuery));
  RETURN_IF_ERROR(index::check_finite_magnitude(query, options.element_type));
  RETURN_IF_ERROR(index::check_magnitude(query, options.element_type, options.similarity));
  for (Candidate& candidate : candidates) {
    const auto score = [&](const std::vector<float>& vector) { return vector_score(*candidate.options, query, vector); };
    std::ranges::stable_sort(candidate.vectors, std::greater<>(), score);
    if (candidate.vectors.size() > num_chunks) candidate.vectors.resize(num_chunks);
    relevance.push_back(score(candidate.vectors.front()));
  }
  return relevance;
}

Result<RankDocs> DiversifyRetriever::retrieve(RetrieveContext& context) const {
  ASSIGN_OR_RETURN(const std::vector<RankDocs> lists,
                   retrieve_children(*this, {child_.get()}, context.below(rank_window_size_, base_.filters)));
  ASSIGN_OR_RETURN(std::vector<Candidate> found, candidates(lists.front()));
  RankDocs kept;
  if (found.empty()) return kept;
  ASSIGN_OR_RETURN(const std::vector<float> relevant, relevance(context, found));
  const auto similarity = [&](size_t a, size_t b) {
    float nearest = -std::numeric_limits<float>::infinity();
    for (const std::vector<float>& one : found[a].vectors) {
      for (const std::vector<float>& other : found[b].vectors)
        nearest = std::max(nearest, vector_score(*found[a].options, one, other));
    }
    return nearest;
  };
  for (const size_t i : pick_by_mmr(relevant, similarity, *lambda_, static_cast<size_t>(size_))) {
    kept.docs.push_back(found[i].doc);
    kept.docs.back().rank = static_cast<int32_t>(kept.docs.size());
  }
  apply_min_score(kept, base_.min_score);
  cut_rank_docs(kept, context.rank_window_size);
  return kept;
}

void DiversifyRetriever::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                        std::vector<SearchBackend::LeafQuery>& leaves) const {
  child_->collect_leaves(joined_filters(pushed_filters, base_.filters), leaves);
}

Result<Explanation> DiversifyRetriever::explain(const ExplainContext& context, DocAddress doc) const {
  return child_->explain({context.backend, context.trace, joined_filters(context.pushed_filters, base_.filters)}, doc);
}

}  // namespace selene::search
