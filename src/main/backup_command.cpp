#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

#include "index/catalog/backup.h"
#include "main/command_error.h"
#include "main/commands.h"

namespace selene::main {

namespace {

struct BackupOptions {
  std::string from;
  std::string to;
  int64_t patience_s = 30;
};

void print(std::string_view done, const index::BackupSummary& summary, const std::string& target) {
  std::cout << done << " " << summary.num_files << " files, " << summary.num_bytes << " bytes, in " << target << "\n";
}

}  // namespace

void add_backup_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("backup", "Copy a data folder, also while a server serves it");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("data", options->from, "data folder")->required();
  command->add_option("target", options->to, "folder to make")->required();
  command->add_option("--patience", options->patience_s, "seconds that the server may take to begin [30]")
      ->check(CLI::Range(1, 86400));
  command->callback([options, &exit_status] {
    const auto summary = index::make_backup(options->from, options->to, std::chrono::seconds(options->patience_s));
    if (!summary) {
      exit_status = report_error(summary.error());
    } else {
      print("backed up", *summary, options->to);
    }
  });
}

void add_restore_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("restore", "Make a data folder of a backup");
  auto options = std::make_shared<BackupOptions>();
  command->add_option("backup", options->from, "folder that `selene backup` made")->required();
  command->add_option("data", options->to, "data folder to make")->required();
  command->callback([options, &exit_status] {
    const auto summary = index::restore_backup(options->from, options->to);
    if (!summary) {
      exit_status = report_error(summary.error());
    } else {
      print("restored", *summary, options->to);
    }
  });
}

}  // namespace selene::main
