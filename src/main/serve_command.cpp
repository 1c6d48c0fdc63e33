#include <signal.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "base/log.h"
#include "main/commands.h"
#include "main/node.h"
#include "main/node_config.h"

namespace selene::main {

namespace {

constexpr std::chrono::milliseconds kStopGrace{10000};

base::Result<NodeConfig> make_config(const ServeOptions& options) {
  NodeConfig config;
  if (!options.config_file.empty()) {
    RETURN_IF_ERROR(
        load_config_file(options.config_file, config, [&](const std::string& name) { return options.given.contains(name); }));
  }
  for (const auto& [name, value] : options.given) RETURN_IF_ERROR(apply_setting(config, name, value));
  for (const std::string& setting : options.settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos)
      return base::Error(base::ErrorCode::kIllegalArgument, "-E [{}] is not of the form NAME=VALUE", setting);
    RETURN_IF_ERROR(apply_setting(config, setting.substr(0, equals), setting.substr(equals + 1)));
  }
  for (const std::string& mapping : options.model_mappings) {
    ASSIGN_OR_RETURN(const auto pair, parse_model_mapping(mapping));
    config.models[pair.first] = pair.second;
  }
  return config;
}

/// Whoever waits for the file finds it whole or not at all.
base::Status write_port_file(const std::string& path, uint16_t port) {
  const std::string temporary = path + ".tmp";
  {
    std::ofstream file(temporary);
    file << port << "\n";
    if (!file.flush()) return base::Error(base::ErrorCode::kIo, "cannot write the port file [{}]", path);
  }
  std::error_code fault;
  std::filesystem::rename(temporary, path, fault);
  if (fault) return base::Error(base::ErrorCode::kIo, "cannot write the port file [{}]: {}", path, fault.message());
  return {};
}

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

base::Status run_serve(const ServeOptions& options) {
  ASSIGN_OR_RETURN(const NodeConfig config, make_config(options));
  ASSIGN_OR_RETURN(const base::LogLevel level, base::parse_log_level(config.log_level));
  base::set_log_level(level);
  // Blocked before any thread starts, so that every thread inherits it and sigwait below gets them.
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, Node::start(config));
  if (!options.port_file.empty()) RETURN_IF_ERROR(write_port_file(options.port_file, node->port()));
  if (const auto password = node->take_generated_password()) {
    std::cout << "selene: the password of the user [elastic] is " << *password
              << " (shown once; start with ELASTIC_PASSWORD set to change it)" << std::endl;
  }
  std::cout << "selene: listening on " << node->url() << std::endl;

  int number = 0;
  sigwait(&signals, &number);
  base::log_info("signal {}: stopping", number);
  node->stop(kStopGrace);
  base::log_info("stopped");
  return {};
}

}  // namespace selene::main
