#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace selene::index {

/// What `selene check` found in a data folder that nobody serves.
struct DataReport {
  int64_t num_indices = 0;
  int64_t num_segments = 0;
  int64_t num_documents = 0;            ///< in the store, deleted ones left out
  std::vector<std::string> repairable;  ///< derived files that the next start, or `--repair`, rebuilds from the store
  std::vector<std::string> lost;        ///< what only a backup brings back
};

/// Compares every checksum: of the store's files, of each segment, of each record; reads each document's entry. Changes nothing
/// but what opening the store does. Errors: kIo, kIllegalState (served by another process, no data folder, newer version),
/// kCorruptIndex (the store cannot be opened; names the file).
base::Result<DataReport> check_data(const std::filesystem::path& data);

}  // namespace selene::index
