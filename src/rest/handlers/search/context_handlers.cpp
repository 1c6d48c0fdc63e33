#include <optional>

#include "base/time_value.h"
#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

Error invalid(std::string_view problem) { return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: {};", problem); }

RestResponse freed_response(bool succeeded, size_t num_freed) {
  base::JsonWriter out;
  out.begin_object().field("succeeded", succeeded).field("num_freed", num_freed).end_object();
  return json_response(out.take(), num_freed == 0 ? 404 : 200);
}

std::string_view token_of(JsonValue value) {
  switch (value.type()) {
    case base::JsonType::kString: return "VALUE_STRING";
    case base::JsonType::kBool: return "VALUE_BOOLEAN";
    case base::JsonType::kNull: return "VALUE_NULL";
    case base::JsonType::kArray: return "START_ARRAY";
    case base::JsonType::kObject: return "START_OBJECT";
    default: return "VALUE_NUMBER";
  }
}

Error unknown_parameter(base::JsonMember member) {
  return Error(ErrorCode::kIllegalArgument, "Unknown parameter [{}] in request body or parameter is of the wrong type[{}] ",
               member.key, token_of(member.value));
}

/// What a call about a scroll says in path, parameters and body; the body wins.
struct ScrollCall {
  std::vector<std::string> ids;
  std::string keep_alive;
};

base::Status read_scroll_body(const base::JsonDocument& body, ScrollCall& call) {
  if (!body.root().exists()) return {};
  if (!body.root().is_object()) return Error(ErrorCode::kIllegalArgument, "Malformed content, must start with an object");
  for (const base::JsonMember member : body.root().as_object()) {
    if (member.key == "scroll_id" && member.value.is_string()) {
      call.ids = {std::string(member.value.as_string())};
    } else if (member.key == "scroll_id" && member.value.is_array()) {
      call.ids.clear();
      for (const JsonValue id : member.value.as_array()) {
        if (!id.is_string()) return Error(ErrorCode::kIllegalArgument, "scroll_id array element should only contain scroll_id");
        call.ids.emplace_back(id.as_string());
      }
    } else if (member.key == "scroll" && member.value.is_string()) {
      call.keep_alive = std::string(member.value.as_string());
    } else {
      return unknown_parameter(member);
    }
  }
  return {};
}

base::Result<ScrollCall> read_scroll_call(const RestRequest& request) {
  ScrollCall call;
  std::string_view ids = request.path_param("scroll_id");
  if (ids.empty()) ids = request.param("scroll_id").value_or("");
  call.ids = split_list(ids);
  call.keep_alive = request.param("scroll").value_or("");
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  RETURN_IF_ERROR(read_scroll_body(body, call));
  return call;
}

}  // namespace

base::Result<RestResponse> open_point_in_time(const Services& services, const RestRequest& request) {
  const auto keep_alive = request.param("keep_alive");
  if (request.path_param("index").empty()) return invalid("[index] is not specified");
  if (!keep_alive) return invalid("[keep_alive] is not specified");
  ASSIGN_OR_RETURN(const int64_t keep_alive_ms, base::parse_time_value_ms(*keep_alive, "keep_alive"));
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  search::SearchCall call;
  call.indices = request.path_param("index");
  call.parameters = request.params();
  if (body.root().exists()) call.body = &body;
  ASSIGN_OR_RETURN(std::string answer, services.searches.open_point_in_time(call, keep_alive_ms));
  return json_response(std::move(answer));
}

base::Result<RestResponse> close_point_in_time(const Services& services, const RestRequest& request) {
  if (request.body().empty()) return Error(ErrorCode::kParse, "request body or source parameter is required");
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  const JsonValue id = body.root()["id"];
  if (!id.is_string() || id.as_string().empty()) return Error(ErrorCode::kIllegalArgument, "search context id is is not provided");
  ASSIGN_OR_RETURN(const bool was_open, services.searches.close_point_in_time(id.as_string()));
  return freed_response(was_open, was_open ? 1 : 0);
}

base::Result<RestResponse> scroll(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const ScrollCall call, read_scroll_call(request));
  if (call.ids.empty()) return invalid("scrollId is missing");
  std::optional<int64_t> keep_alive_ms;
  if (!call.keep_alive.empty()) {
    ASSIGN_OR_RETURN(keep_alive_ms, base::parse_time_value_ms(call.keep_alive, "scroll"));
  }
  ASSIGN_OR_RETURN(const bool total_as_int, request.bool_param("rest_total_hits_as_int", false));
  ASSIGN_OR_RETURN(std::string answer,
                   services.searches.scroll(call.ids.front(), keep_alive_ms, total_as_int, request.cancellation()));
  return json_response(std::move(answer));
}

base::Result<RestResponse> clear_scroll(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const ScrollCall call, read_scroll_call(request));
  if (call.ids.empty()) return invalid("no scroll ids specified");
  if (call.ids.size() == 1 && call.ids.front() == "_all") {
    const size_t num_freed = services.searches.clear_all_scrolls();
    base::JsonWriter out;
    return json_response(out.begin_object().field("succeeded", true).field("num_freed", num_freed).end_object().take());
  }
  ASSIGN_OR_RETURN(const size_t num_freed, services.searches.clear_scrolls(call.ids));
  return freed_response(true, num_freed);
}

}  // namespace selene::rest
