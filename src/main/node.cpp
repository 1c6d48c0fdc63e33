#include "main/node.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/log.h"
#include "base/random_id.h"
#include "main/hub_layout.h"
#include "rest/handlers/registry.h"
#include "rest/management_requests.h"
#include "simd/isa.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;

namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? std::string(name.data()) : "selene";
}

std::string with_port(const std::string& host, uint16_t port) {
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return bare_ipv6 ? base::format("[{}]:{}", host, port) : base::format("{}:{}", host, port);
}

}  // namespace

base::Status Node::identify(const NodeConfig& config) {
  constexpr std::string_view kKind = "node";
  ASSIGN_OR_RETURN(const auto records, stack_.catalog->records(kKind));
  if (const auto it = records.find("id"); it != records.end()) {
    info_.node_id = it->second;
  } else {
    info_.node_id = base::random_uuid();
    RETURN_IF_ERROR(stack_.catalog->put_record(kKind, "id", info_.node_id));
  }
  info_.name = config.node_name.empty() ? machine_name() : config.node_name;
  info_.cluster_name = config.cluster_name;
  info_.build_version = SELENE_VERSION;
  info_.started_at = std::chrono::system_clock::now();
  return {};
}

base::Status Node::load_security(const SecurityConfig& config) {
  if (!config.enabled) {
    if (!config.password.empty() || !config.password_file.empty())
      base::log_warn("a password is set, but anyone may do anything: [xpack.security.enabled] is not true");
    return {};
  }
  rest::SecurityOptions options;
  options.users = record_store<rest::RecordStore>(*stack_.catalog, "security_user");
  options.api_keys = record_store<rest::RecordStore>(*stack_.catalog, "api_key");
  ASSIGN_OR_RETURN(options.password, given_password(config));
  ASSIGN_OR_RETURN(security_, rest::Security::load(std::move(options), base::system_clock()));
  return {};
}

base::Result<std::unique_ptr<Node>> Node::start(const NodeConfig& config) {
  RETURN_IF_ERROR(check_address(config.security, config.host));
  if (!config.kernel_isa.empty()) RETURN_IF_ERROR(simd::force_isa(config.kernel_isa));

  std::unique_ptr<Node> node(new Node());
  StackOptions stack;
  stack.data = config.data;
  stack.sync_writes = config.sync_writes;
  stack.min_free_bytes = config.min_free_bytes;
  stack.max_used = config.max_used;
  stack.default_inference_id = config.default_inference_id;
  ASSIGN_OR_RETURN(stack.models, model_folders(find_models_dir(config.models_dir), config.models));
  stack.pulled_models = pulled_models_dir(config.data);
  stack.tier = config.tier;
  stack.upload_tier = config.upload_tier;
  stack.document_cache_bytes = config.document_cache_bytes;
  stack.filter_cache = config.filter_cache;
  stack.inference = config.inference;
  stack.inference.http.proxies = net::ProxyRules::from_environment([](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
  stack.threads = config.threads > 0 ? config.threads : default_threads();
  if (!stack.models.contains(kDefaultModelId)) {
    base::log_warn("no model folder for [{}]: re-ranking with it will fail until --models-dir or --model {}=FOLDER names one",
                   kDefaultModelId, kDefaultModelId);
  }
  ASSIGN_OR_RETURN(node->stack_, Stack::build(stack));
  RETURN_IF_ERROR(node->identify(config));

  ASSIGN_OR_RETURN(node->cluster_settings_, rest::ClusterSettings::load(*node->stack_.catalog));
  node->stack_.documents->set_auto_create_rule(
      [settings = node->cluster_settings_.get()](std::string_view name) { return settings->may_auto_create(name); });
  node->stack_.searches->set_max_buckets_rule(
      [settings = node->cluster_settings_.get()] { return settings->get_integer("search.max_buckets", search::kMaxBuckets); });
  RETURN_IF_ERROR(node->load_security(config.security));
  node->services_.reset(new rest::Services{*node->stack_.catalog, *node->stack_.documents, *node->stack_.pipelines,
                                           *node->stack_.tasks, *node->stack_.searches, *node->stack_.inference,
                                           *node->stack_.trained_models, *node->stack_.trained_deployments,
                                           *node->cluster_settings_, node->metrics_, node->info_, node->security_.get()});
  node->dispatcher_ =
      std::make_unique<rest::Dispatcher>(rest::make_router(*node->services_), node->metrics_, node->security_.get());

  net::ServerOptions options;
  options.host = config.host;
  options.port = config.port;
  if (config.security.tls_enabled) {
    options.tls = config.security.tls;
    node->scheme_ = "https";
  }
  // A request that waits for a model holds its worker: there are more of them than requests the models' queues take, so that under
  // overload the others are refused at once, and than calls of vendors that are let in, so that a vendor that hangs stops nobody
  // else.
  options.num_worker_threads = 128;
  options.is_management = [](const net::Request& request) { return rest::is_management_request(request.method, request.target); };
  node->info_.max_content_length_bytes = static_cast<int64_t>(options.max_content_length_bytes);
  const rest::Dispatcher* dispatcher = node->dispatcher_.get();
  ASSIGN_OR_RETURN(
      node->server_,
      net::HttpServer::bind(options,
                            [dispatcher](const net::Request& request, const base::Cancellation& cancellation) {
                              return dispatcher->handle(request, cancellation);
                            },
                            {[dispatcher](int status, std::string_view reason) { return dispatcher->fault(status, reason); }}));
  node->info_.http_address = with_port(config.host, node->server_->port());
  node->server_->start();
  return node;
}

void Node::stop(std::chrono::milliseconds grace) {
  if (server_ != nullptr) server_->stop(grace);
  if (stack_.tasks != nullptr) stack_.tasks->close();
  if (stack_.inference != nullptr) stack_.inference->close();
  if (stack_.trained_deployments != nullptr) stack_.trained_deployments->close();
  if (stack_.catalog != nullptr) stack_.catalog->close();
}

Node::~Node() { stop(std::chrono::milliseconds(0)); }

}  // namespace selene::main
