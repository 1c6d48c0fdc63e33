#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
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

 private:
  struct State;
  std::unique_ptr<State> state_;
  friend class Store;
};

/// The one durable store of a node: RocksDB behind a few calls. Thread-safe.
/// After a write or a sync failed, every later write is refused with kIo and nothing is tried again (what the operating system did
/// with the bytes is unknown); reads go on. Opening the store anew recovers what is durable.
class Store {
 public:
  /// Opens or creates. Errors: kIo, kCorruptIndex.
  static base::Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder);
  ~Store();

  /// Applies the batch: seen by reads at once, durable after `sync`. Atomic also across a crash.
  base::Status write(StoreBatch& batch);
  /// Makes all writes that returned before the call durable. Callers that wait at the same time share one fsync.
  base::Status sync();
  /// write and sync.
  base::Status write_durably(StoreBatch& batch);

  /// The value, or none. `snapshot`: null for now.
  base::Result<std::optional<std::string>> get(Space space, std::string_view key, const StoreSnapshot* snapshot = nullptr) const;
  /// Entries with key in [begin, end) in key order, until `visit` gives false. Views live for the call.
  base::Status scan(Space space, std::string_view begin, std::string_view end,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit,
                    const StoreSnapshot* snapshot = nullptr) const;
  std::shared_ptr<const StoreSnapshot> snapshot() const;

  /// Bytes of [begin, end) on disk, roughly.
  int64_t approximate_bytes(Space space, std::string_view begin, std::string_view end) const;
  /// Test hook: the next `sync` fails as if fsync had.
  void fail_next_sync();

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  base::Status refuse_if_failed() const;
  std::unique_ptr<State> state_;
};

/// The smallest key behind all keys that start with `prefix`. REQUIRES: not empty, not all 0xFF.
std::string prefix_end(std::string_view prefix);

}  // namespace selene::index
