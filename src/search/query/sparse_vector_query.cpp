#include "search/query/sparse_vector_query.h"

#include "base/format.h"
#include "search/query/parse_support.h"
#include "search/query/semantic_query.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

Error needs_tokens() {
  return Error(ErrorCode::kIllegalArgument,
               "[sparse_vector] requires one of [query_vector] or [inference_id] for sparse_vector fields");
}

}  // namespace

Status SparseVectorQuery::read_member(const QueryParser& parser, base::JsonMember member) {
  const std::string_view key = member.key;
  if (key == "field" && member.value.is_string()) {
    field_ = member.value.as_string();
  } else if (key == "query_vector") {
    ASSIGN_OR_RETURN(query_vector_, read_weighted_tokens(member.value, "query_vector"));
  } else if (key == "inference_id" && member.value.is_string()) {
    inference_id_ = member.value.as_string();
  } else if (key == "query" && member.value.is_string()) {
    text_ = member.value.as_string();
  } else if (key == "prune") {
    ASSIGN_OR_RETURN(prune_, read_bool(member.value, "prune"));
  } else if (key == "pruning_config") {
    ASSIGN_OR_RETURN(pruning_config_, index::parse_token_pruning_config(member.value));
  } else {
    const bool known = key == "field" || key == "inference_id" || key == "query";
    return x_content_error(
        parser.document, member.value,
        known ? base::format("[sparse_vector] {} doesn't support values of type: {}", key, token_name(member.value))
              : base::format("[sparse_vector] unknown field [{}]", key));
  }
  return {};
}

/// `query` alone names no endpoint: whether one is known depends on the field.
Status SparseVectorQuery::check() const {
  if (field_.empty()) return Error(ErrorCode::kIllegalArgument, "Required [field]");
  if (query_vector_ && (!inference_id_.empty() || text_)) return needs_tokens();
  if (!inference_id_.empty() && !text_)
    return Error(ErrorCode::kIllegalArgument, "[sparse_vector] requires [query] when [inference_id] is specified");
  if (!query_vector_ && !text_) return needs_tokens();
  return {};
}

Result<QueryPtr> SparseVectorQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<SparseVectorQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (!known) RETURN_IF_ERROR(query->read_member(parser, member));
  }
  RETURN_IF_ERROR(query->check());
  return query;
}

/// The query's word counts before the field's; who says nothing prunes.
const index::TokenPruningConfig* SparseVectorQuery::pruning_of(const index::MappedField& field) const {
  const index::SparseIndexOptions& options = field.sparse_options;
  if (!prune_.value_or(options.prune.value_or(true))) return nullptr;
  if (pruning_config_) return &*pruning_config_;
  return options.pruning_config ? &*options.pruning_config : &index::kDefaultTokenPruning;
}

/// Tokens, or a text for another endpoint than the field's, are looked for in the chunks of a field that has some.
Result<WeightPtr> SparseVectorQuery::chunks_weight(const BindContext& context, const index::MappedField& field, ScoreMode mode,
                                                   float total_boost) const {
  const bool plain = text_ && inference_id_.empty() && !prune_ && !pruning_config_;
  const index::SemanticText& semantic = *field.semantic;
  if (plain || (text_ && semantic.embeddings == nullptr)) return semantic_weight(context, field, *text_, mode, total_boost);
  if (semantic.embeddings == nullptr) return std::make_unique<MatchNoneWeight>();
  if (semantic.embeddings->type != index::FieldType::kSparseVector)
    return Error(ErrorCode::kIllegalArgument, "field [{}] must be type [sparse_vector] but is type [{}]", field_, field.type_name);
  const index::TokenPruningConfig* const pruning = pruning_of(*semantic.embeddings);
  if (query_vector_) return semantic_tokens_weight(context, semantic, *query_vector_, pruning, mode, total_boost);
  const std::string_view endpoint = inference_id_.empty() ? std::string_view(semantic.search_inference_id) : inference_id_;
  ASSIGN_OR_RETURN(const auto tokens, embedded_tokens(context, endpoint, *text_));
  return semantic_tokens_weight(context, semantic, tokens, pruning, mode, total_boost);
}

Result<WeightPtr> SparseVectorQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  if (field->type == index::FieldType::kSemanticText) return chunks_weight(context, *field, mode, parent_boost * boost);
  if (field->type != index::FieldType::kSparseVector) {
    return Error(ErrorCode::kIllegalArgument, "field [{}] must be type [sparse_vector] but is type [{}]", field_, field->type_name);
  }
  if (query_vector_) return sparse_weight(context, *field, *query_vector_, pruning_of(*field), mode, parent_boost * boost);
  if (inference_id_.empty()) return needs_tokens();
  ASSIGN_OR_RETURN(const auto tokens, embedded_tokens(context, inference_id_, *text_));
  return sparse_weight(context, *field, tokens, pruning_of(*field), mode, parent_boost * boost);
}

}  // namespace selene::search
