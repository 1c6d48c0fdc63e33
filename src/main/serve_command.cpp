#include <CLI/CLI.hpp>
#include <signal.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "base/log.h"
#include "main/command_error.h"
#include "main/commands.h"
#include "main/node.h"
#include "main/node_config.h"

namespace selene::main {

namespace {

constexpr std::chrono::milliseconds kStopGrace{10000};

struct ServeOptions {
  std::string config_file;
  std::string port_file;
  std::vector<std::string> model_mappings;
  std::vector<std::string> settings;  ///< NAME=VALUE
  /// Settings of selene.yml by name, as given by a flag or an environment variable.
  std::map<std::string, std::string> given;
};

void add_setting(CLI::App& command, ServeOptions& options, const std::string& flag, const std::string& variable,
                 const std::string& setting, const std::string& help) {
  command
      .add_option_function<std::string>(
          flag, [&options, setting](const std::string& value) { options.given[setting] = value; }, help)
      ->envname(variable);
}

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

base::Status serve(const ServeOptions& options) {
  ASSIGN_OR_RETURN(const NodeConfig config, make_config(options));
  ASSIGN_OR_RETURN(const base::LogLevel level, base::parse_log_level(config.log_level));
  base::set_log_level(level);
  // Blocked before any thread starts, so that every thread inherits it and sigwait below gets them.
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  ASSIGN_OR_RETURN(const std::unique_ptr<Node> node, Node::start(config));
  if (!options.port_file.empty()) RETURN_IF_ERROR(write_port_file(options.port_file, node->port()));
  std::cout << "selene: listening on " << node->url() << std::endl;

  int number = 0;
  sigwait(&signals, &number);
  base::log_info("signal {}: stopping", number);
  node->stop(kStopGrace);
  base::log_info("stopped");
  return {};
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("serve", "Run the server");
  auto options = std::make_shared<ServeOptions>();
  command->add_option("--config", options->config_file, "settings file (selene.yml)")
      ->envname("SELENE_CONFIG")
      ->check(CLI::ExistingFile);
  add_setting(*command, *options, "--port", "SELENE_PORT", "http.port", "port, 0 for any free one [9200]");
  add_setting(*command, *options, "--host", "SELENE_HOST", "network.host", "address to listen on [127.0.0.1]");
  add_setting(*command, *options, "--data", "SELENE_DATA", "path.data", "data folder [selene-data]");
  add_setting(*command, *options, "--cluster-name", "SELENE_CLUSTER_NAME", "cluster.name", "name of the cluster [selene]");
  add_setting(*command, *options, "--node-name", "SELENE_NODE_NAME", "node.name", "name of this node [the machine's]");
  add_setting(*command, *options, "--models-dir", "SELENE_MODELS_DIR", "models_dir", "folder of the bundled models");
  add_setting(*command, *options, "--tier", "SELENE_TIER", "tier", "number type of models: int8, fp32 or bf16 [int8]");
  add_setting(*command, *options, "--threads", "SELENE_THREADS", "threads", "threads for inference [one for each processor]");
  add_setting(*command, *options, "--kernel-isa", "SELENE_KERNEL_ISA", "kernel_isa",
              "scalar, avx2, avx_vnni, avx512 or avx512_bf16 [the best of this machine]");
  add_setting(*command, *options, "--log-level", "SELENE_LOG_LEVEL", "logger.level", "error, warn, info or debug [info]");
  add_setting(*command, *options, "--durability", "SELENE_DURABILITY", "index.translog.durability",
              "request: a write is on disk before it is answered; async [request]");
  add_setting(*command, *options, "--flood-stage", "SELENE_FLOOD_STAGE", "cluster.routing.allocation.disk.watermark.flood_stage",
              "writes are refused with less than this free (500mb), or more than this of the disk used (95%) [256mb]");
  command->add_option("--model", options->model_mappings,
                      "maps a model id to a folder, for example .rerank-v1=/srv/models/mine; may be repeated");
  command->add_option("-E", options->settings, "any setting of selene.yml as NAME=VALUE; may be repeated");
  command->add_option("--port-file", options->port_file, "file that gets the port once the server is ready");
  command->callback([options, &exit_status] {
    if (const base::Status status = serve(*options); !status) exit_status = report_error(status.error());
  });
}

}  // namespace selene::main
