#include <iostream>
#include <memory>

#include "index/catalog/backup.h"
#include "main/commands.h"

namespace selene::main {

namespace {

void print(std::string_view done, const index::BackupSummary& summary, const std::string& target) {
  std::cout << done << " " << summary.num_files << " files, " << summary.num_bytes << " bytes, in " << target << "\n";
}

}  // namespace

base::Status run_backup(const BackupOptions& options) {
  ASSIGN_OR_RETURN(const index::BackupSummary summary,
                   index::make_backup(options.from, options.to, std::chrono::seconds(options.patience_s)));
  print("backed up", summary, options.to);
  return {};
}

base::Status run_restore(const BackupOptions& options) {
  ASSIGN_OR_RETURN(const index::BackupSummary summary, index::restore_backup(options.from, options.to));
  print("restored", summary, options.to);
  return {};
}

}  // namespace selene::main
