#include "search/retrievers/text_similarity_reranker.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/format.h"
#include "search/rerank/text_similarity.h"
#include "search/retrievers/retriever_trace.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

/// A name, or a list of names.
Result<std::vector<std::string>> read_fields(const RetrieverParser& parser, base::JsonMember member) {
  std::vector<std::string> fields;
  if (!member.value.is_array()) {
    ASSIGN_OR_RETURN(const std::string_view field, parser.read_text(member));
    fields.emplace_back(field);
    return fields;
  }
  for (const base::JsonValue name : member.value.as_array()) {
    if (!name.is_string() || name.as_string().empty())
      return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, std::string("[field] must be a list of field names")));
    if (std::find(fields.begin(), fields.end(), name.as_string()) != fields.end())
      return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, "[field] names [{}] twice", name.as_string()));
    fields.emplace_back(name.as_string());
  }
  if (fields.empty())
    return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, std::string("[field] cannot be an empty list")));
  return fields;
}

Result<FieldMode> read_field_mode(const RetrieverParser& parser, base::JsonMember member) {
  ASSIGN_OR_RETURN(const std::string_view mode, parser.read_text(member));
  if (mode == "join") return FieldMode::kJoin;
  if (mode == "max") return FieldMode::kMax;
  return parser.failed_field(member,
                             Error(ErrorCode::kIllegalArgument, "Unknown field_mode [{}]: must be one of [join, max]", mode));
}

}  // namespace

Result<std::unique_ptr<Retriever>> TextSimilarityReranker::parse(const base::JsonDocument& document, base::JsonValue body,
                                                                 int32_t depth) {
  const RetrieverParser parser{document,
                               "text_similarity_reranker",
                               {"retriever", "inference_id", "inference_text", "field", "field_mode", "vector_field",
                                "rank_window_size", "allow_rerank_failures", "chunk_rescorer", "explain_passages"},
                               depth};
  auto node = std::make_unique<TextSimilarityReranker>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(bool known, parser.read_base(member, node->base_));
    if (!known) {
      ASSIGN_OR_RETURN(known, node->read(parser, member));
    }
    if (!known) return parser.unknown_field(member);
  }
  RETURN_IF_ERROR(node->check_given());
  return node;
}

Result<bool> TextSimilarityReranker::read(const RetrieverParser& parser, base::JsonMember member) {
  if (member.key == "retriever") {
    ASSIGN_OR_RETURN(child_, parser.read_retriever(member));
  } else if (member.key == "inference_id") {
    ASSIGN_OR_RETURN(inference_id_, parser.read_text(member));
  } else if (member.key == "inference_text") {
    ASSIGN_OR_RETURN(inference_text_, parser.read_text(member));
  } else if (member.key == "field") {
    ASSIGN_OR_RETURN(fields_, read_fields(parser, member));
  } else if (member.key == "field_mode") {
    ASSIGN_OR_RETURN(field_mode_, read_field_mode(parser, member));
  } else if (member.key == "vector_field") {
    ASSIGN_OR_RETURN(vector_field_, parser.read_text(member));
  } else if (member.key == "rank_window_size") {
    ASSIGN_OR_RETURN(rank_window_size_, parser.read_count(member));
  } else if (member.key == "allow_rerank_failures") {
    ASSIGN_OR_RETURN(allow_rerank_failures_, parser.read_flag(member));
  } else if (member.key == "explain_passages") {
    ASSIGN_OR_RETURN(explain_passages_, parser.read_flag(member));
  } else if (member.key == "chunk_rescorer") {
    if (!member.value.is_object()) return parser.wrong_type(member);
    auto rescorer = ChunkRescorer::parse(member.value);
    if (!rescorer.has_value()) return parser.failed_field(member, std::move(rescorer).error());
    chunk_rescorer_ = std::move(rescorer).value();
  } else {
    return false;
  }
  return true;
}

base::Status TextSimilarityReranker::check_given() const {
  if (vector_field_ && (chunk_rescorer_ != nullptr || fields_.size() > 1)) {
    return Error(
        ErrorCode::kIllegalArgument,
        std::string("[vector_field] holds vectors of whole values of one [field]: it goes with neither [chunk_rescorer] nor "
                    "several fields"));
  }
  const bool has_field = !fields_.empty() && !fields_.front().empty();
  return RetrieverParser::check_required(
      {{"retriever", child_ != nullptr}, {"inference_text", inference_text_.has_value()}, {"field", has_field}});
}

void TextSimilarityReranker::validate(RetrieverValidation& validation) const {
  validate_compound(*this, "rank_window_size", {child_.get()}, validation);
}

base::Status TextSimilarityReranker::resolve(const ResolveContext& context) {
  if (vector_field_) {
    ASSIGN_OR_RETURN(vectors_, StoredVectors::open(*vector_field_, inference_id_, context));
  }
  return child_->resolve(context);
}

base::Status TextSimilarityReranker::prepare(RetrieveContext& context) const {
  ASSIGN_OR_RETURN(const inference::RerankEndpointTraits traits, context.inference.rerank_traits(inference_id_));
  if (traits.configured_top_n && *traits.configured_top_n < rank_window_size_) {
    return Error(ErrorCode::kIllegalArgument,
                 "Inference endpoint [{}] is configured to return the top [{}] results, but rank_window_size is [{}]. Reduce "
                 "rank_window_size to "
                 "be less than or equal to the configured top N value.",
                 inference_id_, *traits.configured_top_n, rank_window_size_);
  }
  if (vector_field_ && traits.score_kind != inference::ScoreKind::kCosine) {
    return Error(ErrorCode::kIllegalArgument,
                 "[vector_field] needs an inference endpoint of task type [text_embedding], which [{}] is not", inference_id_);
  }
  return child_->prepare(context);
}

std::vector<base::JsonValue> TextSimilarityReranker::filters_for_child(const std::vector<base::JsonValue>& pushed_filters) const {
  std::vector<base::JsonValue> filters = pushed_filters;
  filters.insert(filters.end(), base_.filters.begin(), base_.filters.end());
  return filters;
}

Result<RankDocs> TextSimilarityReranker::retrieve(RetrieveContext& context) const {
  RetrieveContext below = context.below(rank_window_size_, base_.filters);
  Result<RankDocs> child = child_->retrieve(below);
  if (!child.has_value()) return compound_failure(type(), {child_->type()}, std::move(child).error());
  RerankedPassages passages{std::string(base_.name), fields_, explain_passages_, {}};
  Result<RankDocs> ranked = rerank(context, *child, passages.passages);
  if (context.passages != nullptr) context.passages->add(std::move(passages));
  if (ranked.has_value()) {
    order_rank_docs(*ranked, context.rank_window_size);
    if (context.trace != nullptr) context.trace->note(*this, {*ranked});
    return ranked;
  }
  if (context.cancellation.cancelled()) return std::move(ranked).error();
  if (allow_rerank_failures_) {
    if (context.warnings != nullptr) {
      context.warnings->add(base::format("re-ranking with inference endpoint [{}] failed, the hits are in first-stage order: {}",
                                         inference_id_, ranked.error().reason()));
    }
    RankDocs kept = keep_child_order(std::move(child).value());
    if (kept.docs.size() > static_cast<size_t>(context.rank_window_size))
      kept.docs.resize(static_cast<size_t>(context.rank_window_size));
    if (context.trace != nullptr) context.trace->note(*this, {kept});
    return kept;
  }
  Error failure(ErrorCode::kSearchPhaseExecution, "Computing updated ranks for results failed");
  return compound_failure(type(), {child_->type()},
                          std::move(failure).with("phase", "rank-feature").with_cause(std::move(ranked).error()));
}

Result<std::vector<RerankInput>> TextSimilarityReranker::inputs(RetrieveContext& context,
                                                                const std::vector<DocAddress>& documents) const {
  RerankFields fields{fields_, field_mode_.value_or(FieldMode::kJoin), chunk_rescorer_.get(), 0, *inference_text_};
  if (chunk_rescorer_ != nullptr) {
    ASSIGN_OR_RETURN(const inference::RerankEndpointTraits traits, context.inference.rerank_traits(inference_id_));
    fields.window_words = traits.window_words;
  }
  std::vector<std::vector<std::optional<std::string>>> values;
  for (const std::string& field : fields_) {
    ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> of_field, context.backend.first_values(field, documents));
    values.push_back(std::move(of_field));
  }
  return make_rerank_inputs(fields, std::move(values));
}

/// One for each input, in order. A document with several stored vectors is scored by each, the best counts.
Result<std::vector<inference::RankedDoc>> TextSimilarityReranker::score(RetrieveContext& context,
                                                                        const std::vector<DocAddress>& documents,
                                                                        const std::vector<RerankInput>& inputs) const {
  inference::RerankRequest request;
  request.query = *inference_text_;
  request.return_documents = false;
  request.timeout = context.rerank_timeout;
  std::vector<std::vector<float>> stored;
  std::vector<size_t> input_of;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<std::vector<float>> vectors;
    if (vectors_) vectors = vectors_->of(documents[inputs[i].document]);
    if (vectors.empty()) vectors.emplace_back();
    for (std::vector<float>& vector : vectors) {
      request.inputs.emplace_back(inputs[i].text);
      stored.push_back(std::move(vector));
      input_of.push_back(i);
    }
  }
  if (vectors_) request.stored_vectors.assign(stored.begin(), stored.end());
  ASSIGN_OR_RETURN(const std::vector<inference::RankedDoc> unordered,
                   context.inference.rerank(inference_id_, request, context.cancellation));
  ASSIGN_OR_RETURN(const std::vector<inference::RankedDoc> scored, in_input_order(request.inputs.size(), unordered));
  std::vector<inference::RankedDoc> answers;
  for (size_t s = 0; s < scored.size(); ++s) {
    if (s == 0 || input_of[s] != input_of[s - 1]) {
      answers.push_back(scored[s]);
    } else if (scored[s].relevance_score > answers.back().relevance_score) {
      answers.back() = scored[s];
    }
  }
  return answers;
}

Result<RankDocs> TextSimilarityReranker::rerank(RetrieveContext& context, const RankDocs& child, DocumentPassages& passages) const {
  std::vector<DocAddress> documents;
  documents.reserve(child.docs.size());
  for (const RankDoc& doc : child.docs) documents.push_back(doc.address);
  ASSIGN_OR_RETURN(const std::vector<RerankInput> inputs, this->inputs(context, documents));
  if (inputs.empty()) return RankDocs{};
  ASSIGN_OR_RETURN(const std::vector<inference::RankedDoc> answers, score(context, documents, inputs));
  std::vector<DocAddress> sent;
  std::vector<inference::RankedDoc> best;  // of each of `sent`
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (i == 0 || inputs[i].document != inputs[i - 1].document) {
      best.push_back({static_cast<int32_t>(sent.size()), answers[i].relevance_score});
      sent.push_back(documents[inputs[i].document]);
    }
    best.back().relevance_score = std::max(best.back().relevance_score, answers[i].relevance_score);
  }
  if (wants_passages(context)) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      passages[documents[inputs[i].document]].push_back(
          passage_of(inputs[i], fields_, answers[i].passage, answers[i].relevance_score));
    }
    for (auto& [document, of_document] : passages) {
      std::stable_sort(of_document.begin(), of_document.end(),
                       [](const Passage& a, const Passage& b) { return a.score > b.score; });
    }
  }
  return rank_by_relevance(sent, best, base_.min_score, rank_window_size_);
}

Result<Explanation> TextSimilarityReranker::explain(const ExplainContext& context, DocAddress doc) const {
  float score = 0;
  if (const std::vector<RankDocs>* const lists = context.trace.children_of(*this); lists != nullptr) {
    for (const RankDoc& found : lists->front().docs) score = found.address == doc ? found.score : score;
  }
  ASSIGN_OR_RETURN(Explanation source,
                   child_->explain({context.backend, context.trace, filters_for_child(context.pushed_filters)}, doc));
  std::string fields;
  for (const std::string& field : fields_) fields += (fields.empty() ? "" : ", ") + field;
  std::string description = base::format(
      "text_similarity_reranker match using inference endpoint: [{}] on document field: [{}] matching on source query ",
      inference_id_, fields);
  if (!child_->name().empty()) description += base::format("[{}] ", child_->name());
  if (chunk_rescorer_ != nullptr)
    description += base::format("and rescoring considering only top [{}] best chunks", chunk_rescorer_->size());
  Explanation match{true, score, std::move(description), {std::move(source)}};
  Explanation required{true, 0, "match on required clause, product of:", {{true, 0, "# clause", {}}}};
  return Explanation{true, score, "sum of:", {std::move(match), std::move(required)}};
}

bool TextSimilarityReranker::wants_passages(const RetrieveContext& context) const {
  if (context.passages == nullptr) return false;
  return explain_passages_ || context.passages->wanted() == PassageCollector::Wanted::kAll;
}

void TextSimilarityReranker::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                            std::vector<SearchBackend::LeafQuery>& leaves) const {
  child_->collect_leaves(filters_for_child(pushed_filters), leaves);
}

std::string TextSimilarityReranker::field_text() const {
  std::string text;
  for (const std::string& field : fields_) text += (text.empty() ? "" : ",") + field;
  return text;
}

std::string TextSimilarityReranker::chunk_rescorer_text() const {
  return chunk_rescorer_ == nullptr ? std::string("null") : base::format("ChunkScorerConfig{{size={}}}", chunk_rescorer_->size());
}

}  // namespace selene::search
