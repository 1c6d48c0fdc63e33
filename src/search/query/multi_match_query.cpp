#include "search/query/multi_match_query.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/cross_fields.h"
#include "search/query/field_patterns.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<MultiMatchType> parse_multi_match_type(std::string_view name) {
  using Type = MultiMatchType;
  constexpr std::pair<std::string_view, Type> kTypes[] = {
      {"best_fields", Type::kBestFields}, {"most_fields", Type::kMostFields},     {"cross_fields", Type::kCrossFields},
      {"phrase", Type::kPhrase},          {"phrase_prefix", Type::kPhrasePrefix}, {"bool_prefix", Type::kBoolPrefix}};
  for (const auto& [known, type] : kTypes) {
    if (known == name) return type;
  }
  return base::Error(base::ErrorCode::kParse, "failed to parse [multi_match] query type [{}]. unknown type.", name);
}

base::Status MultiMatchQuery::read_key(const QueryParser& parser, base::JsonMember member) {
  ASSIGN_OR_RETURN(const bool common, read_common(*this, member));
  if (common) return {};
  const auto [key, value] = member;
  if (key == "query" && !value.is_object() && !value.is_array()) {
    text_ = value;
  } else if (key == "fields" && value.is_array()) {
    for (const base::JsonValue field : value.as_array()) {
      if (!field.is_string())
        return parsing_error(parser, field,
                             base::format("[multi_match] query does not support a [{}] in [fields]", token_name(field)));
      fields_.emplace_back(field.as_string());
    }
  } else if (key == "fields" && value.is_string()) {
    fields_.emplace_back(value.as_string());
  } else if (key == "tie_breaker") {
    ASSIGN_OR_RETURN(tie_breaker_, read_float(value, key));
  } else if (key == "type") {
    ASSIGN_OR_RETURN(type_, parse_multi_match_type(scalar_text(value)));
  } else {
    ASSIGN_OR_RETURN(const bool known, read_match_option(member, options_));
    if (!known) return unsupported_scalar(parser, "multi_match", member);
  }
  return {};
}

base::Result<QueryPtr> MultiMatchQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<MultiMatchQuery>();
  for (const base::JsonMember member : body.as_object()) RETURN_IF_ERROR(query->read_key(parser, member));
  if (query->text_.is_null()) return parsing_error(parser, body, "No text specified for multi_match query");
  if (query->options_.fuzziness &&
      (query->type_ == Type::kCrossFields || query->type_ == Type::kPhrase || query->type_ == Type::kPhrasePrefix)) {
    const std::string_view type = query->type_ == Type::kCrossFields ? "cross_fields"
                                  : query->type_ == Type::kPhrase    ? "phrase"
                                                                     : "phrase_prefix";
    return parsing_error(parser, body, base::format("Fuzziness not allowed for type [{}]", type));
  }
  return query;
}

namespace {

MatchKind kind_of(MultiMatchType type) {
  switch (type) {
    case MultiMatchType::kPhrase: return MatchKind::kPhrase;
    case MultiMatchType::kPhrasePrefix: return MatchKind::kPhrasePrefix;
    case MultiMatchType::kBoolPrefix: return MatchKind::kBoolPrefix;
    default: return MatchKind::kBoolean;
  }
}

}  // namespace

base::Result<WeightPtr> multi_match_weight(const BindContext& context, const std::vector<BoostedField>& fields,
                                           base::JsonValue text, const MatchOptions& options, MultiMatchType type,
                                           float tie_breaker, ScoreMode mode, float boost) {
  const bool sums = type == MultiMatchType::kMostFields || type == MultiMatchType::kBoolPrefix;
  if (tie_breaker < 0) tie_breaker = sums ? 1.0F : 0.0F;
  if (type == MultiMatchType::kCrossFields) return cross_fields_weight(context, fields, text, options, tie_breaker, mode, boost);
  std::vector<WeightPtr> weights;
  for (const BoostedField& field : fields) {
    MatchOptions own = options;
    own.lenient = own.lenient || field.from_pattern;
    ASSIGN_OR_RETURN(WeightPtr weight, match_weight(context, field.name, text, own, kind_of(type), mode, boost * field.boost));
    weights.push_back(std::move(weight));
  }
  if (weights.empty()) return std::make_unique<MatchNoneWeight>();
  if (weights.size() == 1) return std::move(weights.front());
  return std::make_unique<DisMaxWeight>(std::move(weights), tie_breaker);
}

base::Result<WeightPtr> MultiMatchQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  ASSIGN_OR_RETURN(const std::vector<BoostedField> fields, resolve_fields(context, fields_));
  return multi_match_weight(context, fields, text_, options_, type_, tie_breaker_, mode, parent_boost * boost);
}

}  // namespace selene::search
