#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/http_types.h"
#include "rest/rest_handler.h"

namespace selene::rest {

/// Finds the handler of a request in a trie of path parts. A literal part beats a `{param}`; when the more literal path has no
/// handler for the method, the next one is tried. HEAD is answered by GET where it has no route of its own. Immutable after the
/// last `add`, then thread-safe. Source: Elasticsearch's RestController and PathTrie.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// REQUIRES: no other handler has one of its routes; one place of the trie uses one `{param}` name per handler.
  void add(std::unique_ptr<RestHandler> handler);

  struct Match {
    RestHandler* handler = nullptr;
    RestRequest request;  ///< views `request` and `cancellation` of the call to route()
  };
  /// Errors: kNoHandler, kMethodNotAllowed (metadata `Allow`, for the header), kIllegalArgument (bad escapes).
  base::Result<Match> route(const net::Request& request, const base::Cancellation& cancellation) const;

  /// "GET,HEAD": the methods with a handler at `path` (decoded); empty if the path leads nowhere.
  std::string allowed_methods(std::string_view path) const;
  const std::vector<std::unique_ptr<RestHandler>>& handlers() const { return handlers_; }

 private:
  struct Node;
  struct Endpoint;
  struct Found {
    const Node* node = nullptr;
    std::vector<std::string> values;  ///< of the {param} parts, in path order
  };
  void add_route(const RestHandler::Route& route, RestHandler* handler);
  static void collect(const Node& node, const std::vector<std::string>& parts, size_t depth, std::vector<std::string>& values,
                      std::vector<Found>& out);
  static std::set<std::string, std::less<>> methods_of(const std::vector<Found>& found);
  std::vector<Found> find(const std::vector<std::string>& parts) const;

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<RestHandler>> handlers_;
};

}  // namespace selene::rest
