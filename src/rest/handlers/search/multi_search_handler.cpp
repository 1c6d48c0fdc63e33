#include <algorithm>
#include <chrono>

#include "rest/error_renderer.h"
#include "rest/error_table.h"
#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/support.h"
#include "search/request/search_request.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr size_t kMaxSearches = 10000;

/// One header line and one body line.
struct Part {
  std::string_view header;
  std::string_view body;
};

base::Result<std::vector<Part>> split_parts(std::string_view text) {
  if (text.empty()) return Error(ErrorCode::kParse, "request body or source parameter is required");
  std::vector<Part> parts;
  const auto next_line = [&](std::string_view& line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
  };
  while (!text.empty()) {
    Part part;
    const bool header_only = next_line(part.header) && text.empty();
    if (header_only) break;
    if (part.header.data() == nullptr || !next_line(part.body))
      return Error(ErrorCode::kIllegalArgument, "The msearch request must be terminated by a newline [\n]");
    if (part.header.empty() && part.body.empty()) continue;
    if (parts.size() == kMaxSearches)
      return Error(ErrorCode::kIllegalArgument, "a multi search takes at most [{}] searches", kMaxSearches);
    parts.push_back(part);
  }
  if (parts.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: no requests added;");
  return parts;
}

std::string joined(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  std::string list;
  if (value.is_number()) return base::JsonWriter().value(value).take();
  if (!value.is_array()) return list;
  for (const JsonValue element : value.as_array()) {
    if (element.is_string()) list.append(list.empty() ? "" : ",").append(element.as_string());
  }
  return list;
}

/// What the header line says, over what the URL says.
base::Status read_header(std::string_view text, search::SearchCall& call) {
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return {};
  ASSIGN_OR_RETURN(const base::JsonDocument header, base::JsonDocument::parse(text));
  if (!header.root().is_object()) return Error(ErrorCode::kIllegalArgument, "the header line of a multi search must be an object");
  for (const auto [key, value] : header.root().as_object()) {
    if (key == "index" || key == "indices") {
      call.indices = joined(value);
    } else if (key == "search_type" || key == "request_cache" || key == "preference" || key == "routing" ||
               key == "allow_partial_search_results" || key == "expand_wildcards" || key == "ignore_unavailable" ||
               key == "allow_no_indices" || key == "ignore_throttled" || key == "ccs_minimize_roundtrips") {
      std::erase_if(call.parameters, [name = std::string_view(key)](const auto& pair) { return pair.first == name; });
      std::string shown = value.is_string() || value.is_array() ? joined(value) : base::JsonWriter().value(value).take();
      call.parameters.emplace_back(key, std::move(shown));
    } else {
      return Error(ErrorCode::kIllegalArgument, "key [{}] is not supported in the metadata section", key);
    }
  }
  return {};
}

/// What one part asks for; `body` gets its tree.
base::Result<search::SearchCall> call_of(const RestRequest& request, const Part& part, base::JsonDocument& body) {
  search::SearchCall call;
  call.indices = request.path_param("index");
  for (const auto& [name, value] : request.params()) {
    const bool of_the_whole = name == "max_concurrent_searches" || name == "pretty" || name == "filter_path" || name == "format" ||
                              name == "human" || name == "error_trace";
    if (!of_the_whole) call.parameters.emplace_back(name, value);
  }
  RETURN_IF_ERROR(read_header(part.header, call));
  if (part.body.find_first_not_of(" \t\r") == std::string_view::npos)
    return Error(ErrorCode::kParsing, "Expected [START_OBJECT] but found [null]").with_number("line", 1).with_number("col", 1);
  RETURN_IF_ERROR(body.reparse(part.body));
  call.body = &body;
  return call;
}

/// A part that cannot be read fails the whole request, before any runs.
base::Status check_parts(const RestRequest& request, const std::vector<Part>& parts) {
  base::JsonDocument body;
  for (const Part& part : parts) {
    ASSIGN_OR_RETURN(const search::SearchCall call, call_of(request, part, body));
    RETURN_IF_ERROR(search::parse_search_request(call));
  }
  return {};
}

base::Result<std::string> run_part(const Services& services, const RestRequest& request, const Part& part) {
  base::JsonDocument body;
  ASSIGN_OR_RETURN(const search::SearchCall call, call_of(request, part, body));
  return services.searches.search(call, request.cancellation());
}

}  // namespace

base::Result<RestResponse> multi_search(const Services& services, const RestRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const std::vector<Part> parts, split_parts(request.body()));
  RETURN_IF_ERROR(check_parts(request, parts));
  base::JsonWriter responses;
  responses.begin_array();
  for (const Part& part : parts) {
    base::Result<std::string> answer = run_part(services, request, part);
    if (answer && answer->ends_with('}')) {
      answer->pop_back();
      responses.raw(*answer + ",\"status\":200}");
    } else if (!answer) {
      responses.begin_object().key("error");
      write_error_with_root_cause(responses, answer.error());
      responses.field("status", error_status(answer.error())).end_object();
    }
  }
  responses.end_array();
  base::JsonWriter out;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  out.begin_object().field("took", took).key("responses").raw(responses.text()).end_object();
  return json_response(out.take());
}

}  // namespace selene::rest
