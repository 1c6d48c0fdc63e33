#include "rest/error_renderer.h"
#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/support.h"
#include "search/request/rank_evaluation.h"

namespace selene::rest {

base::Result<RestResponse> rank_eval(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  const std::string indices(request.path_param("index"));
  ASSIGN_OR_RETURN(const search::RankEvaluation found,
                   search::evaluate_ranking(services.searches, indices, body, request.cancellation()));
  base::JsonWriter out;
  out.begin_object().key("metric_score").raw(found.metric_score).key("details").raw(found.details);
  out.key("failures").begin_object();
  for (const auto& [id, error] : found.failures) {
    out.key(id).begin_object().key("error");
    write_error_with_root_cause(out, error);
    out.end_object();
  }
  return json_response(out.end_object().end_object().take());
}

}  // namespace selene::rest
