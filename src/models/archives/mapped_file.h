#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace selene::models {

/// A whole file mapped read-only. Movable; immutable; thread-safe. Bytes change under us if somebody writes to the file: model
/// files are replaced by renaming, never edited.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  /// Errors: kResourceNotFound if there is no such file, kIo with the system's reason.
  static base::Result<MappedFile> open(const std::filesystem::path& path);

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  /// Tells the system that these bytes, a part of `bytes()`, need not stay resident; reading them again still works.
  void release(std::span<const std::byte> part) const;

 private:
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace selene::models
