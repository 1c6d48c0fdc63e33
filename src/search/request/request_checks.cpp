#include "search/request/request_checks.h"

#include <algorithm>
#include <limits>

#include "base/format.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int32_t kAllHits = std::numeric_limits<int32_t>::max();

/// What cannot be with a scroll or a point in time.
void check_context(const SearchCall& call, const SearchRequest& request, std::vector<std::string>& problems) {
  if (request.scroll_keep_alive_ms) {
    if (request.track_total_hits && *request.track_total_hits != kAllHits)
      problems.emplace_back("disabling [track_total_hits] is not allowed in a scroll context");
    if (request.from_or_default() > 0) problems.emplace_back("using [from] is not allowed in a scroll context");
    if (request.size_or_default() == 0) problems.emplace_back("[size] cannot be [0] in a scroll context");
    if (request.pit) problems.emplace_back("using [point in time] is not allowed in a scroll context");
    if (!request.rescores.empty()) problems.emplace_back("using [rescore] is not allowed in a scroll context");
    if (request.collapse) problems.emplace_back("cannot use `collapse` in a scroll context");
    if (request.search_after.exists()) problems.emplace_back("[search_after] cannot be used in a scroll context");
  }
  const auto has = [&](std::string_view parameter) {
    return std::any_of(call.parameters.begin(), call.parameters.end(), [&](const auto& p) { return p.first == parameter; });
  };
  if (request.scroll_keep_alive_ms && has("request_cache"))
    problems.emplace_back("[request_cache] cannot be used in a scroll context");
  if (request.slice && !request.scroll_keep_alive_ms && !request.pit)
    problems.emplace_back("[slice] can only be used with [scroll] or [point-in-time] requests");
  if (!request.pit) return;
  if (!call.indices.empty())
    problems.emplace_back("[indices] cannot be used with point in time. Do not specify any index with point in time.");
  if (has("ignore_unavailable") || has("allow_no_indices") || has("expand_wildcards"))
    problems.emplace_back("[indicesOptions] cannot be used with point in time");
  if (has("routing")) problems.emplace_back("[routing] cannot be used with point in time");
  if (has("preference")) problems.emplace_back("[preference] cannot be used with point in time");
}

/// `stored_fields: _none_` leaves out what these need.
void check_no_stored_fields(const SearchRequest& request, std::vector<std::string>& problems) {
  const auto& stored = request.stored_fields;
  if (stored.size() != 1 || stored.front() != "_none_") return;
  if (request.source_given && request.source.enabled)
    problems.emplace_back("[stored_fields] cannot be disabled if [_source] is requested");
  if (!request.fields.empty()) problems.emplace_back("[stored_fields] cannot be disabled when using the [fields] option");
}

/// What cannot be asked for together.
base::Status check_combinations(const SearchRequest& request) {
  const auto& stored = request.stored_fields;
  if (stored.size() > 1 && std::find(stored.begin(), stored.end(), "_none_") != stored.end())
    return Error(ErrorCode::kIllegalArgument, "cannot combine _none_ with other fields");
  if (!request.rescores.empty() && !is_score_order(request.sort))
    return Error(ErrorCode::kIllegalArgument, "Cannot use [sort] option in conjunction with [rescore].");
  if (!request.collapse) return {};
  if (!request.rescores.empty()) return Error(ErrorCode::kIllegalArgument, "cannot use `collapse` in conjunction with `rescore`");
  if (request.search_after.exists() && (request.sort.size() != 1 || request.sort.front().field != request.collapse->field)) {
    return Error(
        ErrorCode::kIllegalArgument,
        "Cannot use [collapse] in conjunction with [search_after] unless the search is sorted on the same field. Multiple sort "
        "fields are not allowed.");
  }
  return {};
}

/// `cluster:index`, alone or in a list; a date-math name `<...>` may hold a colon too.
bool names_remote_indices(std::string_view indices) {
  bool in_date_math = false;
  for (const char c : indices) {
    if (c == '<' || c == '>') in_date_math = c == '<';
    if (c == ':' && !in_date_math) return true;
  }
  return false;
}

}  // namespace

base::Status check_search_request(const SearchCall& call, const SearchRequest& request) {
  std::vector<std::string> problems;
  RetrieverValidation validation;
  if (request.retriever != nullptr) {
    validation.has_remote_indices = names_remote_indices(call.indices);
    validation.size = request.size_or_default();
    validation.has_scroll = request.scroll_keep_alive_ms.has_value();
    request.retriever->validate(validation);
    problems = std::move(validation.problems);
    if (request.retriever->is_compound() && request.post_filter.exists()) {
      problems.push_back(base::format("cannot specify [{}] and [post_filter]", request.retriever->type()));
    }
  }
  if (request.search_after.exists() && request.from_or_default() > 0) {
    problems.emplace_back("[from] parameter must be set to 0 when [search_after] is used");
  }
  check_context(call, request, problems);
  check_no_stored_fields(request, problems);
  if (!problems.empty()) {
    std::string text = "Validation Failed: ";
    for (size_t i = 0; i < problems.size(); ++i) text += base::format("{}: {};", i + 1, problems[i]);
    return Error(ErrorCode::kActionRequestValidation, text);
  }
  if (!validation.remote_problem.empty()) return Error(ErrorCode::kIllegalArgument, validation.remote_problem);
  RETURN_IF_ERROR(check_combinations(request));
  if (request.search_after.exists() && is_score_order(request.sort) && request.sort.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Sort must contain at least one field.");
  }
  if (request.rest_total_hits_as_int && request.track_total_hits && *request.track_total_hits != kAllHits &&
      *request.track_total_hits != 0) {
    return Error(ErrorCode::kIllegalArgument,
                 "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got {}",
                 *request.track_total_hits);
  }
  return {};
}

}  // namespace selene::search
