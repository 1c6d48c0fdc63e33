#include <iostream>
#include <memory>

#include "index/catalog/catalog.h"
#include "index/catalog/data_check.h"
#include "main/commands.h"

namespace selene::main {

namespace {

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

}  // namespace

base::Result<int> run_check(const CheckOptions& options) {
  if (options.repair) RETURN_IF_ERROR(repair(options.data));
  ASSIGN_OR_RETURN(const index::DataReport report, index::check_data(options.data));
  for (const std::string& line : report.repairable) std::cout << "damaged, can be rebuilt: " << line << "\n";
  for (const std::string& line : report.lost) std::cout << "damaged: " << line << "\n";
  std::cout << report.num_indices << " indices, " << report.num_segments << " segments, " << report.num_documents << " documents; "
            << report.repairable.size() << " faults that a start or --repair mends, " << report.lost.size()
            << " that only a backup mends\n";
  return report.repairable.empty() && report.lost.empty() ? 0 : 1;
}

}  // namespace selene::main
