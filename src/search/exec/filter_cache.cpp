#include "search/exec/filter_cache.h"

#include <bit>
#include <functional>
#include <iterator>

namespace selene::search {
namespace {

int32_t uses_wanted(FilterKey::Cost cost) {
  switch (cost) {
    case FilterKey::Cost::kCostly: return 2;
    case FilterKey::Cost::kCompound: return 4;
    default: return 5;
  }
}

/// What a set takes beside its documents and its key.
constexpr int64_t kEntryOverhead = 256;
/// Longer keys, of filters with thousands of terms, cost more to compare than they save.
constexpr size_t kMaxKeyBytes = size_t{64} << 10;

}  // namespace

FilterCacheStats& FilterCacheStats::operator+=(const FilterCacheStats& other) {
  memory_bytes += other.memory_bytes;
  hits += other.hits;
  misses += other.misses;
  num_cached += other.num_cached;
  num_sets += other.num_sets;
  return *this;
}

bool FilterCache::note_use(const FilterKey& key) {
  const uint64_t hash = std::hash<std::string>()(key.text());
  const std::lock_guard lock(mutex_);
  uint64_t& place = history_[num_uses_ % kHistory];
  if (num_uses_++ >= kHistory) {
    const auto oldest = frequencies_.find(place);
    if (--oldest->second == 0) frequencies_.erase(oldest);
  }
  place = hash;
  return ++frequencies_[hash] >= uses_wanted(key.cost()) && key.text().size() <= kMaxKeyBytes;
}

bool FilterCache::takes(const index::SegmentView& segment, int64_t max_doc) const {
  const DocId docs = segment.reader->max_doc();
  return options_.max_bytes > 0 && docs >= options_.min_docs &&
         static_cast<double>(docs) > options_.min_share * static_cast<double>(max_doc);
}

std::string FilterCache::entry_key(const index::SegmentView& segment, std::string_view key) {
  std::string text(key);
  text += std::to_string(std::bit_cast<uintptr_t>(segment.reader.get()));
  return text;
}

std::shared_ptr<const CachedDocs> FilterCache::find(const std::string& index_uuid, const index::SegmentView& segment,
                                                    std::string_view key) {
  const std::string wanted = entry_key(segment, key);
  const std::lock_guard lock(mutex_);
  FilterCacheStats& stats = stats_[index_uuid];
  const auto found = by_key_.find(wanted);
  // A new segment may stand where a dropped one stood.
  if (found == by_key_.end() || found->second->segment.lock() != segment.reader) {
    ++stats.misses;
    return nullptr;
  }
  ++stats.hits;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->docs;
}

void FilterCache::put(const std::string& index_uuid, const index::SegmentView& segment, std::string_view key,
                      std::shared_ptr<const CachedDocs> docs) {
  Entry entry{entry_key(segment, key), index_uuid, segment.reader, std::move(docs), 0};
  entry.bytes = entry.docs->size_bytes() + static_cast<int64_t>(entry.key.size()) + kEntryOverhead;
  if (entry.bytes > options_.max_bytes) return;
  const std::lock_guard lock(mutex_);
  drop_dead_segments();
  if (const auto old = by_key_.find(entry.key); old != by_key_.end()) erase(old->second);
  FilterCacheStats& stats = stats_[index_uuid];
  stats.memory_bytes += entry.bytes;
  bytes_ += entry.bytes;
  ++stats.num_cached;
  ++stats.num_sets;
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  while (bytes_ > options_.max_bytes || entries_.size() > options_.max_sets) erase(std::prev(entries_.end()));
}

void FilterCache::erase(Entries::iterator entry) {
  FilterCacheStats& stats = stats_[entry->index_uuid];
  stats.memory_bytes -= entry->bytes;
  --stats.num_sets;
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void FilterCache::drop_dead_segments() {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->segment.expired()) erase(entry);
    entry = next;
  }
}

void FilterCache::clear(const std::string& index_uuid) {
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto next = std::next(entry);
    if (entry->index_uuid == index_uuid) erase(entry);
    entry = next;
  }
}

FilterCacheStats FilterCache::stats(const std::string& index_uuid) {
  const std::lock_guard lock(mutex_);
  drop_dead_segments();
  const auto found = stats_.find(index_uuid);
  return found == stats_.end() ? FilterCacheStats() : found->second;
}

}  // namespace selene::search
