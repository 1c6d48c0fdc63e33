#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "index/segments/snapshot.h"

namespace selene::index {

/// Documents that were shown lately, so that the store need not find and unpack them again. A sequence number names one version of
/// one document for good, so nothing in here ever gets stale; versions that no new search can show are taken out. Bounded in bytes:
/// what was not asked for since the last round goes first (CLOCK). Thread-safe.
class DocumentCache {
 public:
  using DocumentPtr = std::shared_ptr<const StoredDocument>;

  explicit DocumentCache(size_t max_bytes) : max_shard_bytes_(max_bytes / kNumShards) {}

  /// Tells indices apart, whose sequence numbers are the same.
  uint64_t new_owner() { return next_owner_.fetch_add(1, std::memory_order_relaxed); }
  /// Null if it is not here.
  DocumentPtr find(uint64_t owner, int64_t seq_no);
  /// Under its sequence number. One that would take an eighth of its part of the cache is not kept.
  void add(uint64_t owner, DocumentPtr document);
  /// Those that are here of them.
  void remove(uint64_t owner, std::span<const int64_t> seq_nos);

  size_t size_bytes() const;

 private:
  static constexpr size_t kNumShards = 16;
  struct Key {
    uint64_t owner;
    int64_t seq_no;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const {
      return (static_cast<size_t>(key.seq_no) + (key.owner << 40)) * size_t{0x9E3779B97F4A7C15};
    }
  };
  struct Slot {
    Key key{};
    DocumentPtr document;    ///< null: free
    bool asked_for = false;  ///< since the hand came by
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<Key, size_t, KeyHash> places;  ///< in `slots`
    std::deque<Slot> slots;                           ///< not a vector, which would keep room for twice as many
    std::vector<size_t> free;
    size_t hand = 0;
    size_t bytes = 0;
  };

  static size_t bytes_of(const StoredDocument& document);
  Shard& shard_of(const Key& key) { return shards_[KeyHash()(key) >> 60]; }
  static void make_room(Shard& shard, size_t max_bytes);
  static void empty_slot(Shard& shard, size_t place);

  const size_t max_shard_bytes_;
  std::atomic<uint64_t> next_owner_{0};
  std::array<Shard, kNumShards> shards_;
};

}  // namespace selene::index
