#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "main/node_config.h"
#include "main/stack.h"
#include "net/http_server.h"
#include "rest/cluster_settings.h"
#include "rest/dispatcher.h"
#include "rest/handlers/services.h"
#include "rest/request_metrics.h"
#include "rest/security/security.h"

namespace selene::main {

/// A serving node: the stack, the REST layer over it and the HTTP server. Every part is built by hand in `start`.
class Node {
 public:
  /// Opens the data folder, binds, serves. Errors: kIllegalArgument (settings), kIo, kIllegalState, kCorruptIndex.
  static base::Result<std::unique_ptr<Node>> start(const NodeConfig& config);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  uint16_t port() const { return server_->port(); }
  /// "http://127.0.0.1:9200", or https://
  std::string url() const { return scheme_ + "://" + info_.http_address; }
  /// The password that this first start with security made for `elastic`; given once.
  std::optional<std::string> take_generated_password() {
    return security_ == nullptr ? std::nullopt : security_->take_generated_password();
  }
  /// Takes no new requests, lets running ones end within `grace`, makes all durable. Idempotent.
  void stop(std::chrono::milliseconds grace);

 private:
  Node() = default;
  base::Status identify(const NodeConfig& config);
  base::Status load_security(const SecurityConfig& config);

  std::string scheme_ = "http";
  Stack stack_;
  rest::NodeInfo info_;
  rest::RequestMetrics metrics_;
  std::unique_ptr<rest::ClusterSettings> cluster_settings_;
  std::unique_ptr<rest::Security> security_;  ///< null: security is off
  std::unique_ptr<rest::Services> services_;
  std::unique_ptr<rest::Dispatcher> dispatcher_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace selene::main
