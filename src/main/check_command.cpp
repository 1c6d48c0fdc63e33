#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

#include "index/catalog/catalog.h"
#include "index/catalog/data_check.h"
#include "main/command_error.h"
#include "main/commands.h"

namespace selene::main {

namespace {

struct CheckOptions {
  std::string data;
  bool repair = false;
};

/// Opening the catalog rebuilds what is derived; acknowledged writes that the store lost are let go.
base::Status repair(const std::string& data) {
  index::Catalog::Options options;
  options.data_folder = data;
  options.accept_lost_writes = true;
  ASSIGN_OR_RETURN(const auto catalog, index::Catalog::open(options));
  for (const std::string& note : catalog->recovery_notes()) std::cout << "repaired: " << note << "\n";
  catalog->close();
  return {};
}

/// 0 if nothing is wrong (any more), 1 if something is.
int check(const CheckOptions& options) {
  if (options.repair) {
    if (const base::Status repaired = repair(options.data); !repaired) return report_error(repaired.error());
  }
  const auto report = index::check_data(options.data);
  if (!report) return report_error(report.error());
  for (const std::string& line : report->repairable) std::cout << "damaged, can be rebuilt: " << line << "\n";
  for (const std::string& line : report->lost) std::cout << "damaged: " << line << "\n";
  std::cout << report->num_indices << " indices, " << report->num_segments << " segments, " << report->num_documents
            << " documents; " << report->repairable.size() << " faults that a start or --repair mends, " << report->lost.size()
            << " that only a backup mends\n";
  return report->repairable.empty() && report->lost.empty() ? 0 : 1;
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("check", "Compare all checksums of a data folder that no server serves");
  auto options = std::make_shared<CheckOptions>();
  command->add_option("data", options->data, "data folder")->required();
  command->add_flag("--repair", options->repair,
                    "rebuild damaged segments from the store; go on without acknowledged writes that it lost");
  command->callback([options, &exit_status] { exit_status = check(*options); });
}

}  // namespace selene::main
