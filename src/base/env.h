#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selene::base {

/// A whole file mapped read-only; unmapped by the destructor. Movable; immutable; thread-safe. The file must not be cut short
/// while it is mapped: replace files by renaming.
class FileMapping {
 public:
  FileMapping() = default;
  /// Takes over a mapping made by mmap.
  FileMapping(const char* data, size_t size) : data_(data), size_(size) {}
  FileMapping(FileMapping&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  FileMapping& operator=(FileMapping&& other) noexcept;
  ~FileMapping();

  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

/// A new file that is written from its start to its end. One thread. Without `close` what was written may be lost.
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual Status append(std::string_view bytes) = 0;
  /// Not durable before Env::sync. Nothing may follow.
  virtual Status close() = 0;
};

/// The file system as parts that keep data should see it, so that tests can make it fail (FaultEnv). Thread-safe.
/// All errors are kIo with the path and the system's reason, except a missing file: kResourceNotFound.
class Env {
 public:
  virtual ~Env() = default;

  /// Also kContentTooLong, if the file holds more than `max_bytes`: then nothing is read.
  virtual Result<std::string> read_file(const std::filesystem::path& path, size_t max_bytes) = 0;
  virtual Result<FileMapping> map_file(const std::filesystem::path& path) = 0;
  /// Creates or empties the file and writes it; not durable before sync().
  virtual Status write_file(const std::filesystem::path& path, std::string_view bytes) = 0;
  /// Writes the bytes at `offset` of the file, which is created if need be, and cuts off what lay behind them; not durable before
  /// sync().
  virtual Status write_at(const std::filesystem::path& path, uint64_t offset, std::string_view bytes) = 0;
  /// Creates or empties the file.
  virtual Result<std::unique_ptr<OutputFile>> create_file(const std::filesystem::path& path) = 0;
  /// fsync of a file or folder.
  virtual Status sync(const std::filesystem::path& path) = 0;
  /// Replaces `to` in one step; durable once the folder is synced.
  virtual Status rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Removes a file or an empty folder.
  virtual Status remove(const std::filesystem::path& path) = 0;
  /// Creates missing parents too; fine if it is there.
  virtual Status create_folders(const std::filesystem::path& path) = 0;
  /// Names without their folder, sorted.
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& folder) = 0;
};

/// The machine's file system; lives as long as the process.
Env& system_env();

/// Durable replacement: after a success `path` holds `bytes`, after an error or a crash the old content or the new, never a part.
/// Steps: write `path`.tmp, sync it, rename, sync the folder. An error removes the temporary file.
Status write_atomically(Env& env, const std::filesystem::path& path, std::string_view bytes);

}  // namespace selene::base
