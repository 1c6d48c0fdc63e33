#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// The store's key spaces, tuned apart. ON DISK: by name, see store.cpp.
enum class Space : uint8_t {
  kMetadata,   ///< indices, mappings, manifests, records: few and small
  kDocuments,  ///< one entry a document
  kLog,        ///< sequence number -> document, since the last flush
};

/// A moment of the store that reads can be bound to. Released with its last owner, which the Store must outlive.
class StoreSnapshot;

/// Changes that become durable together, or not at all. One thread.
class StoreBatch {
 public:
  StoreBatch();
  StoreBatch(StoreBatch&&) noexcept;
  ~StoreBatch();
  void put(Space space, std::string_view key, std::string_view value);
  void remove(Space space, std::string_view key);
  /// All keys in [begin, end).
  void remove_range(Space space, std::string_view begin, std::string_view end);
  bool empty() const;
  /// Whether it puts something, so that it needs space.
  bool adds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  friend class Store;
};

struct StoreOptions {
  /// What to do when the write-ahead log ends before the last write that is known to have been durable.
  enum class LostWrites : uint8_t {
    kRefuse,  ///< `open` fails and names the file
    kAccept,  ///< what is left is taken, and so are the numbers of what is lost
  };
  LostWrites lost_writes = LostWrites::kRefuse;
  /// With less than this left on the disk, or more than that part of it in use, batches that add something are refused.
  uint64_t min_free_bytes = 0;
  double max_used = 1;
  /// Free and all bytes of the disk; for tests. By default what the system says of the folder.
  struct DiskSpace {
    uint64_t free_bytes = 0;
    uint64_t total_bytes = 0;
  };
  std::function<DiskSpace()> disk_space;
  /// For tests: asked before each write, sync, creation, renaming and removal of a file; an error makes it fail. May be called from
  /// any thread.
  std::function<base::Status(std::string_view what, const std::string& path)> before_io;
};

/// What the store holds in memory now. Both are bounded.
struct StoreMemory {
  uint64_t write_buffer_bytes = 0;
  uint64_t block_cache_bytes = 0;
};

/// The one durable store of a node: RocksDB behind a few calls. Thread-safe.
/// After a write or a sync failed, every later write is refused with kIo and nothing is tried again (what the operating system did
/// with the bytes is unknown); reads go on. Opening the store anew recovers what is durable.
class Store {
 public:
  /// Opens or creates; `folder`.synced is kept beside it. Errors: kIo, kCorruptIndex (damage, or lost writes that were
  /// acknowledged; names the file).
  static base::Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder, StoreOptions options = {});
  ~Store();

  /// kIo once a write or a sync has failed.
  base::Status check_writable() const { return refuse_if_failed(); }
  /// kFloodStage while the disk is too full for batches that add something; reads and removals go on.
  base::Status check_space() const;
  /// Applies the batch: seen by reads at once, durable after `sync`. Atomic also across a crash. Errors: kIo, kFloodStage.
  base::Status write(StoreBatch& batch);
  /// Makes all writes that returned before the call durable. Callers that wait at the same time share one fsync.
  base::Status sync();
  /// write and sync.
  base::Status write_durably(StoreBatch& batch);

  /// The value, or none. `snapshot`: null for now.
  base::Result<std::optional<std::string>> get(Space space, std::string_view key, const StoreSnapshot* snapshot = nullptr) const;
  StoreMemory memory() const;
  /// visit(i, value) for each of `keys`, ascending, or none where there is no such key; the first error ends it. Views live for the
  /// call. Cheaper than `get` for each.
  base::Status get_many(Space space, std::span<const std::string> keys,
                        const std::function<base::Status(size_t i, std::optional<std::string_view> value)>& visit,
                        const StoreSnapshot* snapshot = nullptr) const;
  /// Entries with key in [begin, end) in key order, until `visit` gives false. Views live for the call.
  base::Status scan(Space space, std::string_view begin, std::string_view end,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit,
                    const StoreSnapshot* snapshot = nullptr) const;
  std::shared_ptr<const StoreSnapshot> snapshot() const;

  /// A copy of this moment in `folder`, which must not exist: files are linked where that is possible. Includes all writes so far,
  /// synced or not.
  base::Status checkpoint(const std::filesystem::path& folder) const;
  /// Reads every file and compares all checksums. Errors: kCorruptIndex naming the file, kIo.
  base::Status verify() const;
  /// For who failed to sync a file that the store's records speak of: from now on as after a failed write.
  base::Status refuse_writes(std::string_view reason);

  /// Bytes of [begin, end) on disk, roughly.
  int64_t approximate_bytes(Space space, std::string_view begin, std::string_view end) const;
  /// Test hook: the next `sync` fails as if fsync had.
  void fail_next_sync();
  /// How many writes of the past are gone since they were acknowledged; 0 unless opened with kAccept.
  uint64_t num_lost_writes() const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  base::Status refuse_if_failed() const;
  std::unique_ptr<State> state_;
};

/// The smallest key behind all keys that start with `prefix`. REQUIRES: not empty, not all 0xFF.
std::string prefix_end(std::string_view prefix);

}  // namespace selene::index
