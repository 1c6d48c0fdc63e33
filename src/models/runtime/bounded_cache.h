#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace selene::models {

/// The values last asked for, by key, as many as fit `capacity_bytes`; the least recently used goes first. Keys are compared in
/// full, so what is found is what was put. A capacity of 0 keeps and counts nothing. Thread-safe.
template <class Value>
class BoundedCache {
 public:
  struct Counters {
    int64_t num_hits = 0;
    int64_t num_misses = 0;
    int64_t size_bytes = 0;  ///< keys, values and what it takes to find them
  };

  explicit BoundedCache(int64_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

  std::optional<Value> find(std::string_view key) {
    if (capacity_bytes_ <= 0) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      ++counters_.num_misses;
      return std::nullopt;
    }
    ++counters_.num_hits;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  /// `value_bytes`: what the value holds outside itself. A key that is there already keeps its value; an entry larger than the
  /// whole cache is not kept.
  void put(std::string_view key, Value value, int64_t value_bytes) {
    const int64_t bytes = static_cast<int64_t>(key.size()) + value_bytes + kEntryBytes;
    if (bytes > capacity_bytes_) return;
    const std::scoped_lock lock(mutex_);
    if (by_key_.contains(key)) return;
    while (counters_.size_bytes + bytes > capacity_bytes_) evict_last();
    entries_.push_front({std::string(key), std::move(value), bytes});
    by_key_.emplace(entries_.front().key, entries_.begin());
    counters_.size_bytes += bytes;
  }

  Counters counters() const {
    const std::scoped_lock lock(mutex_);
    return counters_;
  }

 private:
  struct Entry {
    std::string key;
    Value value;
    int64_t bytes;
  };
  // List node and hash node with their pointers, and the allocator's rounding.
  static constexpr int64_t kEntryBytes = static_cast<int64_t>(sizeof(Entry)) + 96;

  void evict_last() {
    counters_.size_bytes -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }

  const int64_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the last used first
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> by_key_;
  Counters counters_;
};

}  // namespace selene::models
