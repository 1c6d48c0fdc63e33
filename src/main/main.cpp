#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

#include "main/commands.h"

int main(int argc, char** argv) {
  CLI::App app("Selene: re-ranks search results by meaning, behind the Elasticsearch REST API", "selene");
  app.set_version_flag("--version", "selene " SELENE_VERSION);
  app.require_subcommand(1);
  int exit_status = 0;
  selene::main::add_serve_command(app, exit_status);
  selene::main::add_pull_command(app, exit_status);
  selene::main::add_rerank_command(app, exit_status);
  selene::main::add_eval_command(app, exit_status);
  selene::main::add_calibrate_command(app, exit_status);
  selene::main::add_bench_command(app, exit_status);
  selene::main::add_check_command(app, exit_status);
  selene::main::add_backup_command(app, exit_status);
  selene::main::add_restore_command(app, exit_status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    return app.exit(fault);
  } catch (const std::exception& fault) {
    std::cerr << "selene: " << fault.what() << "\n";
    return 1;
  }
  return exit_status;
}
