#pragma once

#include <chrono>
#include <filesystem>

#include "base/cancellation.h"
#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::index {

/// A backup is a folder with a copy of the data folder as it was at one moment, and a file `backup` that lists every file with its
/// size and XXH3-64. Layout and protocol: docs/formats/backup.md.

struct BackupSummary {
  int64_t num_files = 0;
  int64_t num_bytes = 0;
};

/// Copies the data folder `data` to `target`, which must not exist. A process that serves the folder is asked for a consistent copy
/// by a file in `data`/backups, and goes on serving; else the store is opened here. `patience`: how long that process may take to
/// begin. Errors: kIo, kIllegalArgument, kTimeout, kCorruptIndex.
base::Result<BackupSummary> make_backup(const std::filesystem::path& data, const std::filesystem::path& target,
                                        std::chrono::milliseconds patience);

/// Makes a data folder `data`, which must not exist or be empty, of the backup. Each file is compared with the list. Errors: kIo,
/// kIllegalArgument, kCorruptIndex naming the file.
base::Result<BackupSummary> restore_backup(const std::filesystem::path& backup, const std::filesystem::path& data);

/// For the process that serves the folder: answers what waits in `backups`. Called now and then; cheap when nothing does.
void answer_backup_requests(Catalog& catalog, const std::filesystem::path& backups);

}  // namespace selene::index
