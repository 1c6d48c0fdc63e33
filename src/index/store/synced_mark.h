#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"

namespace selene::index {

/// The number of the last write that is known to be durable, in a small file beside the store. It is written after each sync and
/// not synced itself, so it is never ahead of the store; a store that is behind it has lost acknowledged writes. One thread at a
/// time. Layout: docs/formats/store.md.
class SyncedMark {
 public:
  /// Opens or creates the file. Errors: kIo.
  static base::Result<std::unique_ptr<SyncedMark>> open(const std::filesystem::path& path);
  ~SyncedMark();
  SyncedMark(const SyncedMark&) = delete;
  SyncedMark& operator=(const SyncedMark&) = delete;

  /// What the file said at `open`; empty if it was new or damaged.
  std::optional<uint64_t> found() const { return found_; }
  /// Best effort: a mark that stays behind only weakens the check.
  void set(uint64_t sequence);

 private:
  explicit SyncedMark(int fd) : fd_(fd) {}
  int fd_;
  std::optional<uint64_t> found_;
};

}  // namespace selene::index
