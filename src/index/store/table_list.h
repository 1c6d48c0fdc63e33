#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "index/store/synced_mark.h"

namespace selene::index {

/// RocksDB's list of tables: the MANIFEST file that CURRENT names.
struct ManifestFile {
  std::filesystem::path path;
  uint64_t number = 0;  ///< 0: CURRENT names none
  uint64_t bytes = 0;
};

ManifestFile current_manifest(const std::filesystem::path& folder);

/// For a store that is not open. Errors: kCorruptIndex, with the file's name, if CURRENT is missing or names no file.
base::Status check_current(const std::filesystem::path& folder);
/// Compares the checksums of the list and its length with the mark's. Errors: kCorruptIndex, with the file's name; kIo.
base::Status check_manifest(const std::filesystem::path& folder, const SyncedMark::Content& synced);

}  // namespace selene::index
