#include "search/query/semantic_query.h"

#include "base/format.h"
#include "base/json/json_writer.h"
#include "index/mapping/semantic_text.h"
#include "search/exec/nested_weight.h"
#include "search/query/knn_query.h"
#include "search/query/parse_support.h"
#include "search/query/query_inference.h"
#include "search/query/sparse_tokens.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

const index::TokenPruningConfig* pruning_of(const index::SparseIndexOptions& options) {
  if (!options.prune.value_or(true)) return nullptr;
  return options.pruning_config ? &*options.pruning_config : &index::kDefaultTokenPruning;
}

}  // namespace

Result<QueryPtr> SemanticQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<SemanticQuery>();
  bool has_text = false;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "field" && member.value.is_string()) {
      query->field_ = member.value.as_string();
    } else if (member.key == "query" && member.value.is_string()) {
      query->text_ = member.value.as_string();
      has_text = true;
    } else if (member.key == "field" || member.key == "query") {
      return x_content_error(
          parser.document, member.value,
          base::format("[semantic] {} doesn't support values of type: {}", member.key, token_name(member.value)));
    } else {
      return x_content_error(parser.document, member.value, base::format("[semantic] unknown field [{}]", member.key));
    }
  }
  std::string missing = query->field_.empty() ? "field" : "";
  if (!has_text) missing += missing.empty() ? "query" : ", query";
  if (!missing.empty()) return Error(ErrorCode::kIllegalArgument, "Required [{}]", missing);
  return query;
}

Result<WeightPtr> SemanticQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  if (field->type != index::FieldType::kSemanticText) {
    const Error error(ErrorCode::kIllegalArgument, "Field [{}] of type [{}] does not support semantic queries", field_,
                      field->type_name);
    return Error(error).with_cause(error);  // found while Elasticsearch rewrites the query, see query_creation_error
  }
  return semantic_weight(context, *field, text_, mode, parent_boost * boost);
}

namespace {

/// The chunks, as hidden documents.
Result<WeightPtr> tokens_chunks_weight(const BindContext& context, const index::SemanticText& semantic,
                                       const std::vector<WeightedToken>& tokens, const index::TokenPruningConfig* pruning,
                                       float boost) {
  BindContext inner = context;
  inner.nested_scope = semantic.chunks_path;
  ASSIGN_OR_RETURN(WeightPtr weight, sparse_weight(inner, *semantic.embeddings, tokens, pruning, ScoreMode::kComplete, boost));
  return std::make_unique<NestedDocsWeight>(std::move(weight), semantic.chunks_path);
}

/// The nearest chunks, one a document, as documents.
Result<WeightPtr> nearest_weight(const BindContext& context, const index::SemanticText& semantic, std::string_view text,
                                 float boost) {
  base::JsonWriter out;
  out.begin_object().field("field", semantic.embeddings->name).key("query_vector_builder").begin_object();
  out.key("text_embedding").begin_object().field("model_id", semantic.search_inference_id).field("model_text", text);
  const std::string body = out.end_object().end_object().end_object().take();
  ASSIGN_OR_RETURN(const base::JsonDocument json, base::JsonDocument::parse(body));
  QueryParser parser{&json, 0};
  ASSIGN_OR_RETURN(const QueryPtr query, KnnQuery::parse(parser, json.root()));
  BindContext alone = context;  // each index has a model of its own: nothing to share with the others of the request
  alone.knn = nullptr;
  return query->weight(alone, ScoreMode::kComplete, boost);
}

}  // namespace

Result<WeightPtr> semantic_weight(const BindContext& context, const index::MappedField& field, std::string_view text,
                                  ScoreMode mode, float boost) {
  const index::SemanticText& semantic = *field.semantic;
  if (semantic.embeddings == nullptr) {
    // Nothing is embedded yet; an endpoint that is missing fails all the same.
    if (context.inference != nullptr) RETURN_IF_ERROR(context.inference->check_embeds(semantic.search_inference_id));
    return std::make_unique<MatchNoneWeight>();
  }
  if (semantic.embeddings->type == index::FieldType::kDenseVector) return nearest_weight(context, semantic, text, boost);
  ASSIGN_OR_RETURN(const std::vector<WeightedToken> tokens, embedded_tokens(context, semantic.search_inference_id, text));
  return semantic_tokens_weight(context, semantic, tokens, pruning_of(semantic.embeddings->sparse_options), mode, boost);
}

Result<WeightPtr> semantic_tokens_weight(const BindContext& context, const index::SemanticText& semantic,
                                         const std::vector<WeightedToken>& tokens, const index::TokenPruningConfig* pruning,
                                         ScoreMode mode, float boost) {
  ASSIGN_OR_RETURN(WeightPtr chunks, tokens_chunks_weight(context, semantic, tokens, pruning, boost));
  return std::make_unique<NestedWeight>(std::move(chunks), semantic.chunks_path, std::string(context.nested_scope),
                                        mode == ScoreMode::kNone ? NestedScoreMode::kNone : NestedScoreMode::kMax);
}

Result<WeightPtr> sparse_chunks_weight(const BindContext& context, const index::SemanticText& semantic, std::string_view text,
                                       float boost) {
  ASSIGN_OR_RETURN(const std::vector<WeightedToken> tokens, embedded_tokens(context, semantic.search_inference_id, text));
  return tokens_chunks_weight(context, semantic, tokens, pruning_of(semantic.embeddings->sparse_options), boost);
}

}  // namespace selene::search
