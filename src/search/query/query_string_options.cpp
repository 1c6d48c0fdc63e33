#include "search/query/query_string_options.h"

#include <algorithm>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/exists_query.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"
#include "search/query/pattern.h"
#include "search/query/range_query.h"
#include "search/query/regexp_query.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

TextValue::TextValue(std::string_view text) : json_(base::JsonDocument::parse(base::quote(text)).value()) {}

std::string normalized_pattern(const index::MappedField& field, std::string_view pattern) {
  if (field.type == index::FieldType::kKeyword) return normalized_term(field, pattern);
  if (field.search_analyzer == nullptr) return std::string(pattern);
  index::TokenBuffer tokens;
  field.search_analyzer->normalize(pattern, tokens);
  return tokens.tokens().empty() ? std::string() : std::string(tokens.term(tokens.tokens().front()));
}

namespace {

/// Pieces between wildcards are normalized, the wildcards and escapes stay.
std::string normalized_wildcard(const index::MappedField& field, std::string_view pattern) {
  std::string out;
  std::string piece;
  const auto flush = [&] {
    if (!piece.empty()) out += normalized_pattern(field, piece);
    piece.clear();
  };
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*' || c == '?') {
      flush();
      out += c;
    } else if (c == '\\' && i + 1 < pattern.size()) {
      flush();
      out += c;
      out += pattern[++i];
    } else {
      piece += c;
    }
  }
  flush();
  return out;
}

}  // namespace

Result<std::vector<BoostedField>> QueryStringLeaves::fields_of(std::string_view name) const {
  if (name.empty()) return resolve_fields(context_, options_.fields);
  return resolve_fields(context_, {std::string(name)});
}

MatchOptions QueryStringLeaves::match_options() const {
  MatchOptions match;
  match.operator_and = options_.operator_and;
  match.analyzer = options_.analyzer;
  match.lenient = options_.lenient;
  return match;
}

/// Whether any field is left with a term; a text of stop words alone is no clause.
bool QueryStringLeaves::has_terms(const std::vector<BoostedField>& fields, const std::string& text, MatchKind kind) const {
  for (const BoostedField& field : fields) {
    const index::MappedField* const mapped = context_.mapping().find(field.name);
    if (mapped == nullptr || !holds_terms(*mapped)) return true;
    const auto terms = analyse_query(context_, *mapped, text, options_.analyzer, kind);
    if (!terms || !terms->empty()) return true;
  }
  return fields.empty();
}

Result<WeightPtr> QueryStringLeaves::text(const std::vector<BoostedField>& fields, const std::string& text, float boost) const {
  const TextValue value(text);
  if (!has_terms(fields, text, MatchKind::kBoolean)) return WeightPtr();
  return multi_match_weight(context_, fields, value.value(), match_options(), options_.type, options_.tie_breaker, mode_, boost);
}

Result<std::vector<WeightPtr>> QueryStringLeaves::texts(const std::vector<BoostedField>& fields, const std::string& text,
                                                        float boost) const {
  std::vector<WeightPtr> weights;
  const index::MappedField* const field = fields.size() == 1 ? context_.mapping().find(fields.front().name) : nullptr;
  if (field != nullptr && field->type == index::FieldType::kText && field->index && options_.type != MultiMatchType::kPhrase) {
    ASSIGN_OR_RETURN(const auto terms, analyse_query(context_, *field, text, options_.analyzer, MatchKind::kBoolean));
    const bool plain = std::ranges::adjacent_find(terms, [](const AnalysedTerm& a, const AnalysedTerm& b) {
                         return a.position == b.position || a.position_length > 1 || b.position_length > 1;
                       }) == terms.end();
    if (plain) {
      for (const AnalysedTerm& term : terms)
        weights.push_back(text_term_weight(context_, *field, term.text, boost * fields.front().boost));
      return weights;
    }
  }
  ASSIGN_OR_RETURN(WeightPtr whole, this->text(fields, text, boost));
  if (whole != nullptr) weights.push_back(std::move(whole));
  return weights;
}

Result<WeightPtr> QueryStringLeaves::phrase(const std::vector<BoostedField>& fields, const std::string& text, int32_t slop,
                                            float boost) const {
  const TextValue value(text);
  MatchOptions match = match_options();
  match.slop = slop;
  if (!options_.quote_analyzer.empty()) match.analyzer = options_.quote_analyzer;
  std::vector<BoostedField> quoted = fields;
  for (BoostedField& field : quoted) {
    const std::string other = field.name + std::string(options_.quote_field_suffix);
    if (!options_.quote_field_suffix.empty() && context_.mapping().find(other) != nullptr) field.name = other;
  }
  if (!has_terms(quoted, text, MatchKind::kPhrase)) return WeightPtr();
  const float tie_breaker = options_.type == MultiMatchType::kMostFields ? 1.0F : options_.tie_breaker;
  return multi_match_weight(context_, quoted, value.value(), match, MultiMatchType::kPhrase, tie_breaker, mode_, boost);
}

/// The best field's score. `make` gives a field's weight.
template <class Make>
Result<WeightPtr> QueryStringLeaves::best_of(const std::vector<BoostedField>& fields, float boost, Make&& make) const {
  std::vector<WeightPtr> weights;
  for (const BoostedField& field : fields) {
    const index::MappedField* const mapped = context_.mapping().find(field.name);
    if (mapped == nullptr) continue;
    Result<WeightPtr> weight = make(*mapped, boost * field.boost);
    if (!weight) {
      if (options_.lenient || field.from_pattern) continue;
      return weight;
    }
    weights.push_back(std::move(weight).value());
  }
  if (weights.empty()) return std::make_unique<MatchNoneWeight>();
  if (weights.size() == 1) return std::move(weights.front());
  const float tie_breaker = options_.type == MultiMatchType::kMostFields ? 1.0F : std::max(0.0F, options_.tie_breaker);
  return std::make_unique<DisMaxWeight>(std::move(weights), tie_breaker);
}

Result<WeightPtr> QueryStringLeaves::fuzzy(const std::vector<BoostedField>& fields, const std::string& term,
                                           const FuzzyOptions& fuzzy, float boost) const {
  return best_of(fields, boost, [&](const index::MappedField& field, float field_boost) -> Result<WeightPtr> {
    if (!holds_terms(field)) {
      return Error(ErrorCode::kIllegalArgument,
                   "Can only use fuzzy queries on keyword and text fields - not on [{}] which is of type [{}]", field.name,
                   field.type_name);
    }
    RETURN_IF_ERROR(check_searchable(field));
    return fuzzy_weight(context_, field, normalized_pattern(field, term), fuzzy, mode_, field_boost);
  });
}

Result<WeightPtr> QueryStringLeaves::prefix(const std::vector<BoostedField>& fields, const std::string& prefix, float boost) const {
  return best_of(fields, boost, [&](const index::MappedField& field, float field_boost) -> Result<WeightPtr> {
    RETURN_IF_ERROR(check_takes_patterns(field, "prefix"));
    return pattern_weight(context_, field, TermPattern::prefix(normalized_pattern(field, prefix), CaseMatching::kSensitive),
                          field_boost);
  });
}

Result<WeightPtr> QueryStringLeaves::wildcard(const std::vector<BoostedField>& fields, const std::string& pattern,
                                              float boost) const {
  if (!options_.allow_leading_wildcard && (pattern.starts_with('*') || pattern.starts_with('?')))
    return Error(ErrorCode::kParse, "'*' or '?' not allowed as first character in WildcardQuery");
  return best_of(fields, boost, [&](const index::MappedField& field, float field_boost) -> Result<WeightPtr> {
    RETURN_IF_ERROR(check_takes_patterns(field, "wildcard"));
    return pattern_weight(context_, field, TermPattern::wildcard(normalized_wildcard(field, pattern), CaseMatching::kSensitive),
                          field_boost);
  });
}

Result<WeightPtr> QueryStringLeaves::regexp(const std::vector<BoostedField>& fields, const std::string& pattern,
                                            float boost) const {
  return best_of(fields, boost, [&](const index::MappedField& field, float field_boost) -> Result<WeightPtr> {
    RETURN_IF_ERROR(check_takes_patterns(field, "regexp"));
    return regexp_weight(context_, field, pattern, {}, field_boost);
  });
}

Result<WeightPtr> QueryStringLeaves::range(const std::vector<BoostedField>& fields, const Range& range, float boost) const {
  const TextValue low(range.low.value_or(""));
  const TextValue high(range.high.value_or(""));
  const RangeBound lower{range.low ? low.value() : base::JsonValue(), range.low_inclusive};
  const RangeBound upper{range.high ? high.value() : base::JsonValue(), range.high_inclusive};
  return best_of(fields, boost, [&](const index::MappedField& field, float field_boost) -> Result<WeightPtr> {
    return range_weight(context_, field, {lower, upper, {}, options_.time_zone}, field_boost);
  });
}

Result<WeightPtr> QueryStringLeaves::exists(std::string_view field, float boost) const {
  return exists_weight(context_, field, boost);
}

Result<bool> read_query_string_option(const QueryParser& parser, std::string_view query, base::JsonMember member,
                                      QueryStringOptions& options) {
  const auto [key, value] = member;
  if (key == "fields" && value.is_array()) {
    for (const base::JsonValue field : value.as_array()) {
      if (!field.is_string())
        return parsing_error(parser, field,
                             base::format("[{}] query does not support a [{}] in [fields]", query, token_name(field)));
      options.fields.emplace_back(field.as_string());
    }
  } else if (key == "default_operator" || key == "minimum_should_match" || key == "analyzer" || key == "lenient") {
    MatchOptions match;
    ASSIGN_OR_RETURN(const bool known, read_match_option({key == "default_operator" ? "operator" : key, value}, match));
    if (!known) return false;
    if (key == "default_operator") options.operator_and = match.operator_and;
    if (key == "minimum_should_match") options.minimum_should_match = match.minimum_should_match;
    if (key == "analyzer") options.analyzer = match.analyzer;
    if (key == "lenient") options.lenient = match.lenient;
    if (key == "lenient") options.has_lenient = true;
  } else if (key == "quote_field_suffix" && value.is_string()) {
    options.quote_field_suffix = value.as_string();
  } else if (key == "analyze_wildcard") {
    ASSIGN_OR_RETURN(options.analyze_wildcard, read_bool(value, key));
  } else if (key == "fuzzy_max_expansions") {
    ASSIGN_OR_RETURN(options.fuzzy.max_expansions, read_int(value, key));
    if (options.fuzzy.max_expansions <= 0) return Error(ErrorCode::kIllegalArgument, "maxExpansions must be positive");
  } else if (key == "fuzzy_prefix_length") {
    ASSIGN_OR_RETURN(options.fuzzy.prefix_length, read_int(value, key));
  } else if (key == "fuzzy_transpositions") {
    ASSIGN_OR_RETURN(options.fuzzy.transpositions, read_bool(value, key));
  } else {
    return key == "auto_generate_synonyms_phrase_query" || key == "rewrite" || key == "fuzzy_rewrite";
  }
  return true;
}

}  // namespace selene::search
