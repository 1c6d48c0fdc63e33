#pragma once

#include <string>

#include "base/json/json_document.h"
#include "base/result.h"
#include "rest/rest_handler.h"

namespace selene::rest {

/// Whether `q` counts beside a body: searches and calls by query take it instead of the body's `query`, the others only without a
/// body.
enum class UrlQuery : uint8_t { kReplacesQuery, kStandsForBody };

/// The body's text with the query of the parameters q, df, default_operator, analyzer, analyze_wildcard and lenient as its `query`
/// ({"query_string": ...}); the body as it is without `q`. Errors: kIllegalArgument (default_operator, booleans), those of
/// JsonDocument::parse.
base::Result<std::string> body_with_url_query(const RestRequest& request, UrlQuery use);
/// The same, parsed; an unparsed document if there is neither body nor `q`. Errors too: kIllegalArgument for a companion of `q`
/// without it.
base::Result<base::JsonDocument> parsed_body_with_url_query(const RestRequest& request, UrlQuery use);

}  // namespace selene::rest
