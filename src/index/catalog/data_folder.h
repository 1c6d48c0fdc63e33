#pragma once

#include <filesystem>

#include "base/result.h"

namespace selene::index {

/// The data folder of one node, locked against other processes as long as this lives. One owner.
///
///   format          one line: "selene data 1"
///   node.lock       held by the process that serves the folder
///   store/          RocksDB
///   store.synced    the number of its last write known to be durable
///   indices/{uuid}/ segments
///   backups/        requests of `selene backup` and copies for it
class DataFolder {
 public:
  /// Creates the folder if it is missing. Errors: kIo, kIllegalState (`data folder [..] is locked by another process`, or it was
  /// written by a newer version).
  static base::Result<DataFolder> open(const std::filesystem::path& path);
  /// Writes the line that makes `folder` a data folder of this version.
  static base::Status write_format(const std::filesystem::path& folder);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  std::filesystem::path store() const { return path_ / "store"; }
  std::filesystem::path indices() const { return path_ / "indices"; }
  std::filesystem::path backups() const { return path_ / "backups"; }
  const std::filesystem::path& path() const { return path_; }

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  base::Status check_format() const;

  std::filesystem::path path_;
  int lock_;  ///< file descriptor
};

}  // namespace selene::index
