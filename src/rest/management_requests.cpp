#include "rest/management_requests.h"

#include <algorithm>
#include <iterator>

#include "rest/url.h"

namespace selene::rest {
namespace {

constexpr std::string_view kTasks = "_tasks";
constexpr std::string_view kRead[] = {"", "_cat", "_cluster", "_health_report", "_license", "_nodes", "_xpack", "metrics"};

}  // namespace

bool is_management_request(std::string_view method, std::string_view target) {
  const SplitTarget split = split_target(target);
  if (!split.path.starts_with('/') || split.query.find("wait_for") != std::string_view::npos) return false;
  const std::string_view first = split.path.substr(1, split.path.find('/', 1) - 1);
  if (first == kTasks) return true;  // cancelling is for the time when all workers are taken
  return (method == "GET" || method == "HEAD") && std::find(std::begin(kRead), std::end(kRead), first) != std::end(kRead);
}

}  // namespace selene::rest
