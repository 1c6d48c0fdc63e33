#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "index/segments/snapshot.h"
#include "search/exec/cached_docs.h"
#include "search/exec/filter_key.h"

namespace selene::search {

/// What `_stats` shows as `query_cache` of one index.
struct FilterCacheStats {
  int64_t memory_bytes = 0;
  int64_t hits = 0;
  int64_t misses = 0;
  int64_t num_cached = 0;  ///< sets that were ever kept
  int64_t num_sets = 0;    ///< kept now
  FilterCacheStats& operator+=(const FilterCacheStats& other);
};

/// The documents of filters that were asked for several times, segment by segment, for all indices of a node. A set holds what
/// matches in the segment, deleted documents too, so deletions never make it wrong; it goes with its segment. The sets used longest
/// ago make room for new ones. Thread-safe. Source: Lucene's LRUQueryCache and UsageTrackingQueryCachingPolicy.
class FilterCache {
 public:
  struct Options {
    int64_t max_bytes = int64_t{64} << 20;  ///< indices.queries.cache.size; 0: nothing is kept
    size_t max_sets = 10000;                ///< indices.queries.cache.count
    DocId min_docs = 10000;                 ///< smaller segments are quick without
    double min_share = 0.03;                ///< so are segments that hold less of their index
  };
  explicit FilterCache(Options options) : options_(options) {}

  /// Notes that a filter is asked for. Whether its documents have become worth keeping: it was among the last 256 filters often
  /// enough for what it costs.
  bool note_use(const FilterKey& key);
  /// Whether sets of this segment are kept. `max_doc`: documents of all segments of the index.
  bool takes(const index::SegmentView& segment, int64_t max_doc) const;
  /// Null if there is none, which counts as a miss.
  std::shared_ptr<const CachedDocs> find(const std::string& index_uuid, const index::SegmentView& segment, std::string_view key);
  void put(const std::string& index_uuid, const index::SegmentView& segment, std::string_view key,
           std::shared_ptr<const CachedDocs> docs);
  void clear(const std::string& index_uuid);
  /// Zeros for an index that never asked.
  FilterCacheStats stats(const std::string& index_uuid);

 private:
  static constexpr size_t kHistory = 256;
  struct Entry {
    std::string key;  ///< with the segment
    std::string index_uuid;
    std::weak_ptr<const index::SegmentReader> segment;
    std::shared_ptr<const CachedDocs> docs;
    int64_t bytes;
  };
  using Entries = std::list<Entry>;

  static std::string entry_key(const index::SegmentView& segment, std::string_view key);
  void erase(Entries::iterator entry);  // REQUIRES: mutex_
  void drop_dead_segments();            // REQUIRES: mutex_

  const Options options_;
  std::mutex mutex_;
  Entries entries_;                                                 // GUARDED_BY(mutex_); the last used first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;  // GUARDED_BY(mutex_); views into entries_
  std::map<std::string, FilterCacheStats, std::less<>> stats_;      // GUARDED_BY(mutex_); by index uuid
  int64_t bytes_ = 0;                                               // GUARDED_BY(mutex_)
  std::array<uint64_t, kHistory> history_{};                        // GUARDED_BY(mutex_); hashes of keys
  size_t num_uses_ = 0;                                             // GUARDED_BY(mutex_)
  std::unordered_map<uint64_t, int32_t> frequencies_;               // GUARDED_BY(mutex_); in history_
};

}  // namespace selene::search
