#pragma once

#include <chrono>
#include <memory>

#include "base/result.h"
#include "main/node_config.h"
#include "main/stack.h"
#include "net/http_server.h"
#include "rest/cluster_settings.h"
#include "rest/dispatcher.h"
#include "rest/handlers/services.h"
#include "rest/request_metrics.h"

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
  /// "http://127.0.0.1:9200"
  std::string url() const { return "http://" + info_.http_address; }
  /// Takes no new requests, lets running ones end within `grace`, makes all durable. Idempotent.
  void stop(std::chrono::milliseconds grace);

 private:
  Node() = default;
  base::Status identify(const NodeConfig& config);

  Stack stack_;
  rest::NodeInfo info_;
  rest::RequestMetrics metrics_;
  std::unique_ptr<rest::ClusterSettings> cluster_settings_;
  std::unique_ptr<rest::Services> services_;
  std::unique_ptr<rest::Dispatcher> dispatcher_;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace selene::main
