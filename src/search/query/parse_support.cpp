#include "search/query/parse_support.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "base/levenshtein.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonType;
using base::JsonValue;
using base::Result;

base::Error parsing_error(const QueryParser& parser, JsonValue at, std::string reason) {
  Error error(ErrorCode::kParsing, std::move(reason));
  if (parser.document == nullptr || !at.exists()) return error;
  const base::JsonPosition position = parser.document->position_of(at);
  return std::move(error).with_number("line", position.line).with_number("col", position.column);
}

base::Error x_content_error(const base::JsonDocument* document, JsonValue at, std::string_view reason) {
  if (document == nullptr || !at.exists()) return Error(ErrorCode::kXContentParse, std::string(reason));
  const base::JsonPosition position = document->position_of(at);
  Error error(ErrorCode::kXContentParse, "[{}:{}] {}", position.line, position.column, reason);
  return std::move(error).with_number("line", position.line).with_number("col", position.column);
}

base::Error unsupported_key(const QueryParser& parser, std::string_view query, JsonMember member) {
  return parsing_error(parser, member.value, base::format("[{}] query does not support [{}]", query, member.key));
}

Error unsupported_scalar(const QueryParser& parser, std::string_view query, JsonMember member) {
  if (!member.value.is_object() && !member.value.is_array()) return unsupported_key(parser, query, member);
  return parsing_error(parser, member.value,
                       base::format("[{}] unknown token [{}] after [{}]", query, token_name(member.value), member.key));
}

std::string_view token_name(JsonValue value) {
  switch (value.type()) {
    case JsonType::kObject: return "START_OBJECT";
    case JsonType::kArray: return "START_ARRAY";
    case JsonType::kString: return "VALUE_STRING";
    case JsonType::kBool: return "VALUE_BOOLEAN";
    case JsonType::kInt64:
    case JsonType::kUint64:
    case JsonType::kDouble: return "VALUE_NUMBER";
    case JsonType::kNull: break;
  }
  return "VALUE_NULL";
}

namespace {

Error conversion_error(std::string_view what, std::string_view kind, JsonValue value) {
  Error error(ErrorCode::kIllegalArgument, "Failed to parse {} value for [{}]: expected {} but was [{}]", kind, what, kind,
              value.is_object() || value.is_array() ? token_name(value) : std::string_view(scalar_text(value)));
  if (!value.is_string()) return error;
  return std::move(error).with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", value.as_string()));
}

}  // namespace

std::string did_you_mean(std::string_view unknown, std::initializer_list<std::string_view> candidates) {
  return base::did_you_mean(unknown, std::span(candidates.begin(), candidates.size()));
}

Result<double> read_double(JsonValue value, std::string_view what) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    double parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return parsed;
  }
  return conversion_error(what, "float", value);
}

Result<float> read_float(JsonValue value, std::string_view what) {
  ASSIGN_OR_RETURN(const double parsed, read_double(value, what));
  return static_cast<float>(parsed);
}

Result<int64_t> read_long(JsonValue value, std::string_view what) {
  if (value.type() == JsonType::kInt64) return value.as_int64();
  ASSIGN_OR_RETURN(const double parsed, read_double(value, what));
  constexpr double kLimit = 9.2e18;
  if (!(parsed > -kLimit && parsed < kLimit)) return conversion_error(what, "long", value);
  return static_cast<int64_t>(parsed);
}

Result<int32_t> read_int(JsonValue value, std::string_view what) {
  ASSIGN_OR_RETURN(const int64_t parsed, read_long(value, what));
  if (parsed < std::numeric_limits<int32_t>::min() || parsed > std::numeric_limits<int32_t>::max()) {
    return conversion_error(what, "int", value);
  }
  return static_cast<int32_t>(parsed);
}

Result<bool> read_bool(JsonValue value, std::string_view what) {
  if (value.is_bool()) return value.as_bool();
  if (value.is_string() && value.as_string() == "true") return true;
  if (value.is_string() && value.as_string() == "false") return false;
  if (value.is_string()) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.",
                 value.as_string());
  }
  return conversion_error(what, "boolean", value);
}

std::string scalar_text(JsonValue value) {
  switch (value.type()) {
    case JsonType::kString: return std::string(value.as_string());
    case JsonType::kBool: return value.as_bool() ? "true" : "false";
    case JsonType::kInt64: return std::to_string(value.as_int64());
    case JsonType::kUint64: return std::to_string(value.as_uint64());
    case JsonType::kDouble: return base::format_number(value.as_double());
    default: return "null";
  }
}

Result<bool> read_common(Query& query, JsonMember member) {
  if (member.key == "boost") {
    ASSIGN_OR_RETURN(query.boost, read_float(member.value, "boost"));
    if (std::isinf(query.boost) && query.boost > 0)
      return Error(ErrorCode::kIllegalArgument, "boost must be a positive float, got Infinity");
    if (query.boost < 0 || std::isnan(query.boost)) {
      return Error(ErrorCode::kIllegalArgument, "negative [boost] are not allowed in [{}], use a value between 0 and 1 to deboost",
                   query.boost);
    }
    return true;
  }
  if (member.key == "_name") {
    if (!member.value.is_string()) return conversion_error("_name", "string", member.value);
    query.name = member.value.as_string();
    return true;
  }
  return false;
}

Result<JsonMember> read_single_field(const QueryParser& parser, std::string_view query, JsonValue body) {
  JsonMember found;
  for (const JsonMember member : body.as_object()) {
    if (found.value.exists()) {
      return parsing_error(
          parser, member.value,
          base::format("[{}] query doesn't support multiple fields, found [{}] and [{}]", query, found.key, member.key));
    }
    found = member;
  }
  if (!found.value.exists()) return Error(ErrorCode::kIllegalArgument, "[{}] requires fieldName", query);
  return found;
}

base::Status parse_query_list(QueryParser& parser, JsonValue value, std::vector<QueryPtr>& queries) {
  if (!value.is_array()) {
    ASSIGN_OR_RETURN(QueryPtr query, parse_query(parser, value));
    queries.push_back(std::move(query));
    return {};
  }
  for (const JsonValue element : value.as_array()) {
    ASSIGN_OR_RETURN(QueryPtr query, parse_query(parser, element));
    queries.push_back(std::move(query));
  }
  return {};
}

}  // namespace selene::search
