#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// GET|POST [/{index}]/_search.
base::Result<RestResponse> search(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_count.
base::Result<RestResponse> count(const Services& services, const RestRequest& request);
/// GET|POST /{index}/_explain/{id}: 404 if there is no such document.
base::Result<RestResponse> explain(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_validate/query.
base::Result<RestResponse> validate_query(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_field_caps.
base::Result<RestResponse> field_capabilities(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_rank_eval.
base::Result<RestResponse> rank_eval(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_search_shards.
base::Result<RestResponse> search_shards(const Services& services, const RestRequest& request);
/// POST /{index}/_pit?keep_alive=1m.
base::Result<RestResponse> open_point_in_time(const Services& services, const RestRequest& request);
/// DELETE /_pit {"id"}: 404 if it was not open.
base::Result<RestResponse> close_point_in_time(const Services& services, const RestRequest& request);
/// GET|POST /_search/scroll[/{scroll_id}]: the next page.
base::Result<RestResponse> scroll(const Services& services, const RestRequest& request);
/// DELETE /_search/scroll[/{scroll_id}]: ids as a list, or `_all`; 404 if none was open.
base::Result<RestResponse> clear_scroll(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_msearch: NDJSON of header and body lines; a failing part is an error inside `responses`.
base::Result<RestResponse> multi_search(const Services& services, const RestRequest& request);

/// Rulesets: PUT, GET, DELETE /_query_rules/{ruleset_id}, GET /_query_rules, POST .../_test, and one rule of them under .../_rule/.
base::Result<RestResponse> put_query_ruleset(const Services& services, const RestRequest& request);
base::Result<RestResponse> get_query_ruleset(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_query_ruleset(const Services& services, const RestRequest& request);
base::Result<RestResponse> list_query_rulesets(const Services& services, const RestRequest& request);
base::Result<RestResponse> test_query_ruleset(const Services& services, const RestRequest& request);
base::Result<RestResponse> put_query_rule(const Services& services, const RestRequest& request);
base::Result<RestResponse> get_query_rule(const Services& services, const RestRequest& request);
base::Result<RestResponse> delete_query_rule(const Services& services, const RestRequest& request);

}  // namespace selene::rest
