#include "search/query/weighted_tokens_query.h"

#include "search/query/parse_support.h"
#include "search/query/request_warnings.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// The one field of the query, with its object.
Result<base::JsonMember> read_field(const QueryParser& parser, std::string_view query, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, query, body));
  if (field.value.is_object()) return field;
  return parsing_error(parser, field.value,
                       base::format("[{}] unknown token [{}] after [{}]", query, token_name(field.value), field.key));
}

/// Tokens as one object, or as a list of objects.
Result<std::vector<WeightedToken>> read_tokens(base::JsonValue value) {
  if (!value.is_array()) return read_weighted_tokens(value, "tokens");
  std::vector<WeightedToken> tokens;
  for (const base::JsonValue element : value.as_array()) {
    ASSIGN_OR_RETURN(auto some, read_weighted_tokens(element, "tokens"));
    tokens.insert(tokens.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
  }
  return tokens;
}

}  // namespace

Result<bool> WeightedTokensQuery::read_shared(base::JsonMember member) {
  ASSIGN_OR_RETURN(const bool known, read_common(*this, member));
  if (known) return true;
  if (member.key != "pruning_config") return false;
  ASSIGN_OR_RETURN(pruning_config_, index::parse_token_pruning_config(member.value));
  return true;
}

Result<QueryPtr> WeightedTokensQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_field(parser, "weighted_tokens", body));
  auto query = std::make_unique<WeightedTokensQuery>();
  query->field_ = field.key;
  for (const base::JsonMember member : field.value.as_object()) {
    ASSIGN_OR_RETURN(const bool known, query->read_shared(member));
    if (known) continue;
    if (member.key != "tokens") return unsupported_key(parser, "weighted_tokens", member);
    ASSIGN_OR_RETURN(query->tokens_, read_tokens(member.value));
  }
  if (query->tokens_.empty()) return Error(ErrorCode::kIllegalArgument, "[weighted_tokens] requires at least one token");
  return query;
}

Result<QueryPtr> WeightedTokensQuery::parse_text_expansion(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_field(parser, "text_expansion", body));
  auto query = std::make_unique<WeightedTokensQuery>();
  query->field_ = field.key;
  for (const base::JsonMember member : field.value.as_object()) {
    ASSIGN_OR_RETURN(const bool known, query->read_shared(member));
    if (known) continue;
    if (member.key == "model_id" && member.value.is_string()) {
      query->model_id_ = member.value.as_string();
    } else if (member.key == "model_text" && member.value.is_string()) {
      query->model_text_ = member.value.as_string();
    } else {
      return unsupported_key(parser, "text_expansion", member);
    }
  }
  if (query->model_text_.empty()) return Error(ErrorCode::kIllegalArgument, "[text_expansion] requires a [model_text] value");
  if (query->model_id_.empty()) return Error(ErrorCode::kIllegalArgument, "[text_expansion] requires a [model_id] value");
  return query;
}

Result<WeightPtr> WeightedTokensQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  if (context.warnings != nullptr) {
    context.warnings->add(model_id_.empty() ? "weighted_tokens is deprecated and will be removed. Use sparse_vector instead."
                                            : "text_expansion is deprecated. Use sparse_vector instead.");
  }
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  if (field->type != index::FieldType::kSparseVector && field->type != index::FieldType::kRankFeatures) {
    return Error(ErrorCode::kParse,
                 "[{}] is not an appropriate field type for this query. Allowed field types are [sparse_vector, rank_features].",
                 field->type_name);
  }
  const index::TokenPruningConfig* const pruning = pruning_config_ ? &*pruning_config_ : nullptr;
  if (model_id_.empty()) return sparse_weight(context, *field, tokens_, pruning, mode, parent_boost * boost);
  ASSIGN_OR_RETURN(const auto tokens, embedded_tokens(context, model_id_, model_text_));
  return sparse_weight(context, *field, tokens, pruning, mode, parent_boost * boost);
}

}  // namespace selene::search
