#include "index/segments/document_cache.h"

#include <utility>

namespace selene::index {
namespace {

constexpr size_t kEntryOverheadBytes = 192;  // slot, hash node and bucket, reference counts, what the allocator rounds up
constexpr size_t kLargestPart = 8;

}  // namespace

size_t DocumentCache::bytes_of(const StoredDocument& document) {
  return sizeof document + document.id.size() + document.source.size() + document.routing.size() + document.inference.size() +
         kEntryOverheadBytes;
}

DocumentCache::DocumentPtr DocumentCache::find(uint64_t owner, int64_t seq_no) {
  const Key key{owner, seq_no};
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto place = shard.places.find(key);
  if (place == shard.places.end()) return nullptr;
  Slot& slot = shard.slots[place->second];
  slot.asked_for = true;
  return slot.document;
}

void DocumentCache::add(uint64_t owner, DocumentPtr document) {
  const size_t bytes = bytes_of(*document);
  if (bytes > max_shard_bytes_ / kLargestPart) return;
  const Key key{owner, document->seq_no};
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  if (shard.places.contains(key)) return;
  make_room(shard, max_shard_bytes_ - bytes);
  if (shard.free.empty()) {
    shard.free.push_back(shard.slots.size());
    shard.slots.emplace_back();
  }
  const size_t place = shard.free.back();
  shard.free.pop_back();
  shard.slots[place] = {key, std::move(document), false};
  shard.places.emplace(key, place);
  shard.bytes += bytes;
}

void DocumentCache::remove(uint64_t owner, std::span<const int64_t> seq_nos) {
  for (const int64_t seq_no : seq_nos) {
    const Key key{owner, seq_no};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found != shard.places.end()) empty_slot(shard, found->second);
  }
}

/// REQUIRES: the shard's mutex held.
void DocumentCache::make_room(Shard& shard, size_t max_bytes) {
  while (shard.bytes > max_bytes) {
    const size_t place = shard.hand;
    shard.hand = (shard.hand + 1) % shard.slots.size();
    Slot& slot = shard.slots[place];
    if (slot.document == nullptr || std::exchange(slot.asked_for, false)) continue;
    empty_slot(shard, place);
  }
}

/// REQUIRES: the shard's mutex held, a document in the slot.
void DocumentCache::empty_slot(Shard& shard, size_t place) {
  Slot& slot = shard.slots[place];
  shard.bytes -= bytes_of(*slot.document);
  shard.places.erase(slot.key);
  slot.document = nullptr;
  shard.free.push_back(place);
}

size_t DocumentCache::size_bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace selene::index
