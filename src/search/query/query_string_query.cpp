#include "search/query/query_string_query.h"

#include <algorithm>

#include "base/format.h"
#include "search/query/parse_support.h"
#include "search/query/query_string_parser.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

namespace {

/// What is escaped with `escape: true`.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\+-!():^[]\"{}~*?|&/").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// Searching all fields, values that do not fit a type match nothing unless asked otherwise.
QueryStringOptions with_default_leniency(QueryStringOptions options, const BindContext& context) {
  const std::vector<std::string>& fields =
      options.fields.empty() && context.default_fields != nullptr ? *context.default_fields : options.fields;
  const bool all = fields.empty() || std::ranges::find(fields, "*") != fields.end();
  if (!options.has_lenient && all) options.lenient = true;
  return options;
}

}  // namespace

base::Status QueryStringQuery::read_key(const QueryParser& parser, JsonMember member) {
  ASSIGN_OR_RETURN(const bool common, read_common(*this, member));
  if (common) return {};
  ASSIGN_OR_RETURN(const bool known, read_query_string_option(parser, "query_string", member, options_));
  if (known) return {};
  const auto [key, value] = member;
  if (key == "query" && !value.is_object() && !value.is_array()) {
    text_ = scalar_text(value);
    has_text_ = !value.is_null();
  } else if (key == "default_field") {
    options_.fields.push_back(scalar_text(value));
  } else if (key == "quote_analyzer" && value.is_string()) {
    options_.quote_analyzer = value.as_string();
  } else if (key == "allow_leading_wildcard") {
    ASSIGN_OR_RETURN(options_.allow_leading_wildcard, read_bool(value, key));
  } else if (key == "fuzziness") {
    ASSIGN_OR_RETURN(options_.fuzzy.fuzziness, Fuzziness::parse(scalar_text(value)));
  } else if (key == "phrase_slop") {
    ASSIGN_OR_RETURN(options_.phrase_slop, read_int(value, key));
  } else if (key == "tie_breaker") {
    ASSIGN_OR_RETURN(options_.tie_breaker, read_float(value, key));
  } else if (key == "type") {
    ASSIGN_OR_RETURN(options_.type, parse_multi_match_type(scalar_text(value)));
  } else if (key == "time_zone" && value.is_string()) {
    options_.time_zone = value.as_string();
  } else if (key == "escape") {
    ASSIGN_OR_RETURN(const bool escape, read_bool(value, key));
    if (escape) text_ = escaped(text_);
  } else if (key != "enable_position_increments" && key != "max_determinized_states") {
    return value.is_array() ? unsupported_key(parser, "query_string", member) : unsupported_scalar(parser, "query_string", member);
  }
  return {};
}

Result<QueryPtr> QueryStringQuery::parse(QueryParser& parser, JsonValue body) {
  auto query = std::make_unique<QueryStringQuery>();
  // `escape` needs the text first.
  for (const JsonMember member : body.as_object()) {
    if (member.key != "escape") RETURN_IF_ERROR(query->read_key(parser, member));
  }
  for (const JsonMember member : body.as_object()) {
    if (member.key == "escape") RETURN_IF_ERROR(query->read_key(parser, member));
  }
  if (!query->has_text_) return parsing_error(parser, body, "[query_string] must be provided with a [query]");
  return query;
}

QueryPtr QueryStringQuery::make(std::string_view text, QueryStringOptions options) {
  auto query = std::make_unique<QueryStringQuery>();
  query->text_ = text;
  query->options_ = std::move(options);
  query->has_text_ = true;
  return query;
}

Result<WeightPtr> QueryStringQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const QueryStringOptions options = with_default_leniency(options_, context);
  const QueryStringLeaves leaves(context, options, mode);
  ASSIGN_OR_RETURN(WeightPtr weight, parse_query_string(text_, leaves, options, mode, parent_boost * boost));
  if (weight == nullptr) return std::make_unique<MatchNoneWeight>();
  return weight;
}

Result<QueryPtr> SimpleQueryStringQuery::parse(QueryParser& parser, JsonValue body) {
  auto query = std::make_unique<SimpleQueryStringQuery>();
  query->options_.type = MultiMatchType::kMostFields;
  bool has_text = false;
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
    if (common) continue;
    ASSIGN_OR_RETURN(const bool known, read_query_string_option(parser, "simple_query_string", member, query->options_));
    if (known) continue;
    if (member.key == "query" && !member.value.is_object() && !member.value.is_array()) {
      query->text_ = scalar_text(member.value);
      has_text = !member.value.is_null();
    } else if (member.key == "flags" && member.value.is_string()) {
      ASSIGN_OR_RETURN(query->flags_, SimpleQueryFlags::parse(member.value.as_string()));
    } else if (member.value.is_object() || member.value.is_array()) {
      return unsupported_key(parser, "simple_query_string", member);
    } else if (member.key != "flags" || !member.value.is_number()) {
      return parsing_error(parser, member.value, base::format("[simple_query_string] unsupported field [{}]", member.key));
    }
  }
  if (!has_text) return parsing_error(parser, body, "[simple_query_string] query text missing");
  return query;
}

Result<WeightPtr> SimpleQueryStringQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const QueryStringOptions options = with_default_leniency(options_, context);
  const QueryStringLeaves leaves(context, options, mode);
  ASSIGN_OR_RETURN(WeightPtr weight, parse_simple_query(text_, flags_, leaves, options, mode, parent_boost * boost));
  if (weight == nullptr) return std::make_unique<MatchNoneWeight>();
  return weight;
}

}  // namespace selene::search
