#include "rest/router.h"

#include <algorithm>
#include <array>

#include "rest/url.h"

namespace selene::rest {

struct Router::Endpoint {
  RestHandler* handler = nullptr;
  std::vector<std::string> names;  ///< of the {param} parts, in path order
};

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::map<std::string, Endpoint, std::less<>> endpoints;  ///< by method
};

namespace {

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "DELETE", "HEAD"};

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) parts.push_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

std::string join(const std::set<std::string, std::less<>>& methods, std::string_view comma) {
  std::string out;
  for (const std::string_view method : kMethods) {
    if (methods.contains(method)) out.append(out.empty() ? "" : comma).append(method);
  }
  return out;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(std::unique_ptr<RestHandler> handler) {
  for (const RestHandler::Route& route : handler->routes()) add_route(route, handler.get());
  handlers_.push_back(std::move(handler));
}

void Router::add_route(const RestHandler::Route& route, RestHandler* handler) {
  Endpoint endpoint{handler, {}};
  Node* node = root_.get();
  for (const std::string_view part : split_path(route.path)) {
    if (part.front() == '{') {
      endpoint.names.emplace_back(part.substr(1, part.size() - 2));
      if (node->parameter == nullptr) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      auto& child = node->literals[std::string(part)];
      if (child == nullptr) child = std::make_unique<Node>();
      node = child.get();
    }
  }
  const bool added = node->endpoints.emplace(std::string(route.method), std::move(endpoint)).second;
  CHECK(added);
}

void Router::collect(const Node& node, const std::vector<std::string>& parts, size_t depth, std::vector<std::string>& values,
                     std::vector<Found>& out) {
  if (depth == parts.size()) {
    if (!node.endpoints.empty()) out.push_back({&node, values});
    return;
  }
  if (const auto child = node.literals.find(parts[depth]); child != node.literals.end())
    collect(*child->second, parts, depth + 1, values, out);
  if (node.parameter == nullptr) return;
  values.push_back(parts[depth]);
  collect(*node.parameter, parts, depth + 1, values, out);
  values.pop_back();
}

std::vector<Router::Found> Router::find(const std::vector<std::string>& parts) const {
  std::vector<Found> found;
  constexpr size_t kLongestRoute = 16;
  std::vector<std::string> values;
  if (parts.size() <= kLongestRoute) collect(*root_, parts, 0, values, found);
  return found;
}

std::set<std::string, std::less<>> Router::methods_of(const std::vector<Found>& found) {
  std::set<std::string, std::less<>> methods;
  for (const Found& one : found) {
    for (const auto& [method, endpoint] : one.node->endpoints) methods.insert(method);
  }
  if (methods.contains("GET")) methods.insert("HEAD");
  return methods;
}

std::string Router::allowed_methods(std::string_view path) const {
  std::vector<std::string> parts;
  for (const std::string_view part : split_path(path)) parts.emplace_back(part);
  return join(methods_of(find(parts)), ",");
}

base::Result<Router::Match> Router::route(const net::Request& request, const base::Cancellation& cancellation) const {
  const SplitTarget target = split_target(request.target);
  std::vector<std::string> parts;
  std::string path;
  for (const std::string_view part : split_path(target.path)) {
    ASSIGN_OR_RETURN(std::string decoded, percent_decode(part, PlusSign::kLiteral));
    path.append("/").append(decoded);
    parts.push_back(std::move(decoded));
  }
  if (path.empty()) path.push_back('/');

  const std::vector<Found> found = find(parts);
  const auto pick = [&](std::string_view method) -> std::pair<const Found*, const Endpoint*> {
    for (const Found& one : found) {
      if (const auto it = one.node->endpoints.find(method); it != one.node->endpoints.end()) return {&one, &it->second};
    }
    return {nullptr, nullptr};
  };
  auto [place, endpoint] = pick(request.method);
  if (endpoint == nullptr && request.method == "HEAD") std::tie(place, endpoint) = pick("GET");
  if (endpoint == nullptr) {
    if (found.empty()) {
      return base::Error(base::ErrorCode::kNoHandler, "no handler found for uri [{}] and method [{}]", request.target,
                         request.method);
    }
    const auto allowed = methods_of(found);
    return base::Error(base::ErrorCode::kMethodNotAllowed, "Incorrect HTTP method for uri [{}] and method [{}], allowed: [{}]",
                       request.target, request.method, join(allowed, ", "))
        .with("Allow", join(allowed, ","));
  }

  Match match;
  match.handler = endpoint->handler;
  match.request.method_ = request.method;
  match.request.path_ = std::move(path);
  for (size_t i = 0; i < endpoint->names.size(); ++i) match.request.path_params_.emplace_back(endpoint->names[i], place->values[i]);
  ASSIGN_OR_RETURN(match.request.params_, parse_query(target.query));
  match.request.body_ = request.body;
  match.request.headers_ = &request.headers;
  match.request.cancellation_ = &cancellation;
  return match;
}

}  // namespace selene::rest
