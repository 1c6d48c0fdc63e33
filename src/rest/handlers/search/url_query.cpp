#include "rest/handlers/search/url_query.h"

#include <array>

#include "base/json/json_writer.h"
#include "rest/handlers/support.h"

namespace selene::rest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// {"query_string": ...} of the parameters. REQUIRES: there is a `q`.
Result<std::string> url_query(const RestRequest& request) {
  base::JsonWriter out;
  out.begin_object().key("query_string").begin_object().field("query", *request.param("q"));
  if (const auto field = request.param("df")) out.field("default_field", *field);
  if (const auto analyzer = request.param("analyzer")) out.field("analyzer", *analyzer);
  if (request.param("analyze_wildcard")) {
    ASSIGN_OR_RETURN(const bool analyze, request.bool_param("analyze_wildcard", false));
    out.field("analyze_wildcard", analyze);
  }
  if (request.param("lenient")) {
    ASSIGN_OR_RETURN(const bool lenient, request.bool_param("lenient", false));
    out.field("lenient", lenient);
  }
  if (const auto word = request.param("default_operator")) {
    const std::string upper = upper_case(*word);
    if (upper != "AND" && upper != "OR")
      return Error(ErrorCode::kIllegalArgument, "No enum constant org.elasticsearch.index.query.Operator.{}", upper);
    out.field("default_operator", upper);
  }
  return out.end_object().end_object().take();
}

/// Parameters that belong to `q` say nothing without it.
base::Status check_has_query(const RestRequest& request) {
  constexpr std::array<std::string_view, 5> kOfQuery = {"df", "analyzer", "analyze_wildcard", "lenient", "default_operator"};
  std::string given;
  for (const std::string_view name : kOfQuery) {
    if (request.param(name)) given.append(given.empty() ? "" : ", ").append(name);
  }
  if (given.empty()) return {};
  return Error(ErrorCode::kIllegalArgument, "request [{}] contains parameters [{}] but missing query string parameter 'q'.",
               request.path(), given);
}

}  // namespace

Result<std::string> body_with_url_query(const RestRequest& request, UrlQuery use) {
  const std::string body(request.body());
  if (!request.param("q") || (use == UrlQuery::kStandsForBody && !body.empty())) return body;
  ASSIGN_OR_RETURN(const std::string query, url_query(request));
  ASSIGN_OR_RETURN(const base::JsonDocument document, optional_body(request));
  base::JsonWriter out;
  if (document.root().exists() && !document.root().is_object()) return body;  // refused by whoever reads it
  out.begin_object();
  if (document.root().exists()) {
    for (const auto [key, value] : document.root().as_object()) {
      if (key != "query") out.key(key).value(value);
    }
  }
  return out.key("query").raw(query).end_object().take();
}

Result<base::JsonDocument> parsed_body_with_url_query(const RestRequest& request, UrlQuery use) {
  if (!request.param("q")) {
    RETURN_IF_ERROR(check_has_query(request));
    return optional_body(request);
  }
  ASSIGN_OR_RETURN(const std::string body, body_with_url_query(request, use));
  return base::JsonDocument::parse(body);
}

}  // namespace selene::rest
