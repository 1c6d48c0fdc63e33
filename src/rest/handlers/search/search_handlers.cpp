#include "rest/handlers/search/search_handlers.h"

#include "rest/handlers/search/url_query.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

search::SearchCall call_of(const RestRequest& request, const base::JsonDocument& body) {
  search::SearchCall call;
  call.indices = request.path_param("index");
  call.parameters = request.params();
  if (body.root().exists()) call.body = &body;
  return call;
}

}  // namespace

base::Result<RestResponse> search(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, parsed_body_with_url_query(request, UrlQuery::kReplacesQuery));
  std::vector<std::string> warnings;
  search::SearchCall call = call_of(request, body);
  call.warnings = &warnings;
  ASSIGN_OR_RETURN(std::string answer, services.searches.search(call, request.cancellation()));
  RestResponse response = json_response(std::move(answer));
  for (const std::string& warning : warnings) add_warning(response, warning);
  return response;
}

base::Result<RestResponse> count(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, parsed_body_with_url_query(request, UrlQuery::kStandsForBody));
  ASSIGN_OR_RETURN(std::string answer, services.searches.count(call_of(request, body), request.cancellation()));
  return json_response(std::move(answer));
}

}  // namespace selene::rest
