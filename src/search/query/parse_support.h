#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/query/query.h"

namespace selene::search {

/// kParsing with `line` and `col` of `at`.
base::Error parsing_error(const QueryParser& parser, base::JsonValue at, std::string reason);
/// kXContentParse whose reason starts with [line:col] of `at`, as Elasticsearch's object parsers word it.
base::Error x_content_error(const base::JsonDocument* document, base::JsonValue at, std::string_view reason);
/// `[match] query does not support [foo]`.
base::Error unsupported_key(const QueryParser& parser, std::string_view query, base::JsonMember member);
/// The same, or of an object or array `[match] unknown token [START_OBJECT] after [foo]`: for queries that read scalars only.
base::Error unsupported_scalar(const QueryParser& parser, std::string_view query, base::JsonMember member);
/// START_OBJECT, VALUE_STRING, ...
std::string_view token_name(base::JsonValue value);
/// base::did_you_mean over a list written down.
std::string did_you_mean(std::string_view unknown, std::initializer_list<std::string_view> candidates);

/// Lenient readers, as Elasticsearch's parsers convert: numbers from strings, booleans from "true" / "false". `what` names the key
/// in errors (kIllegalArgument, caused by kNumberFormat where a number was expected).
base::Result<double> read_double(base::JsonValue value, std::string_view what);
base::Result<float> read_float(base::JsonValue value, std::string_view what);
base::Result<int32_t> read_int(base::JsonValue value, std::string_view what);
base::Result<int64_t> read_long(base::JsonValue value, std::string_view what);
base::Result<bool> read_bool(base::JsonValue value, std::string_view what);
/// A string as it is; numbers and booleans by their JSON text.
std::string scalar_text(base::JsonValue value);

/// Reads `boost` and `_name` into `query`. True if `member` was one of them.
base::Result<bool> read_common(Query& query, base::JsonMember member);

/// {"<field>": value}: the one field of a query such as match. Errors: kParsing
/// `[match] query doesn't support multiple fields, found [a] and [b]`; kIllegalArgument if there is none.
base::Result<base::JsonMember> read_single_field(const QueryParser& parser, std::string_view query, base::JsonValue body);

/// Parses an object or an array of queries into `queries`.
base::Status parse_query_list(QueryParser& parser, base::JsonValue value, std::vector<QueryPtr>& queries);

}  // namespace selene::search
