#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"

namespace selene::index {

/// What of the store is known to be durable, in a small file beside it: the number of its last write, and how long its list of
/// tables (RocksDB's MANIFEST) was at the last start or stop. It is written after each sync and not synced itself, so it is never
/// ahead of the store; a store that is behind it has lost acknowledged writes. One thread at a time. Layout: docs/formats/store.md.
class SyncedMark {
 public:
  /// Opens or creates the file. Errors: kIo.
  static base::Result<std::unique_ptr<SyncedMark>> open(const std::filesystem::path& path);
  ~SyncedMark();
  SyncedMark(const SyncedMark&) = delete;
  SyncedMark& operator=(const SyncedMark&) = delete;

  struct Content {
    uint64_t sequence = 0;
    uint64_t manifest_number = 0;  ///< 0: none known
    uint64_t manifest_bytes = 0;
  };
  /// What the file said at `open`; empty if it was new or damaged.
  std::optional<Content> found() const { return found_; }
  /// Best effort, both: a mark that stays behind only weakens the check.
  void set_sequence(uint64_t sequence);
  void set_manifest(uint64_t number, uint64_t bytes);

 private:
  explicit SyncedMark(int fd) : fd_(fd) {}
  void write() const;

  int fd_;
  std::optional<Content> found_;
  Content content_;
};

}  // namespace selene::index
