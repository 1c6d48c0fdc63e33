#include "index/formats/document_ids.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace selene::index {
namespace {

uint64_t hash_of(std::string_view id) { return XXH3_64bits(id.data(), id.size()); }

}  // namespace

std::string write_document_ids(std::span<const std::string_view> ids) {
  ByteWriter out;
  write_string_table(ids, out);
  std::vector<uint64_t> slots(std::bit_ceil(std::max<size_t>(ids.size() + ids.size() / 2, 2)), 0);
  const size_t mask = slots.size() - 1;
  for (size_t doc = 0; doc < ids.size(); ++doc) {
    size_t slot = hash_of(ids[doc]) & mask;
    while (slots[slot] != 0 && ids[slots[slot] - 1] != ids[doc]) slot = (slot + 1) & mask;
    slots[slot] = doc + 1;
  }
  write_packed_ints(slots, out);
  return std::move(out.bytes());
}

base::Result<DocumentIds> DocumentIds::open(std::string_view section, DocId max_doc) {
  ByteReader in(section);
  DocumentIds ids;
  ids.ids_ = StringTable::read(in);
  ids.slots_ = PackedInts::read(in);
  if (!in.ok() || !in.done() || ids.ids_.size() != static_cast<uint64_t>(max_doc) || !std::has_single_bit(ids.slots_.size())) {
    return base::Error(base::ErrorCode::kCorruptIndex, "damaged document ids");
  }
  return ids;
}

std::optional<DocId> DocumentIds::find(std::string_view id) const {
  const uint64_t mask = slots_.size() - 1;
  uint64_t slot = hash_of(id) & mask;
  for (uint64_t tries = 0; tries <= mask; ++tries, slot = (slot + 1) & mask) {
    const uint64_t entry = slots_[slot];
    if (entry == 0 || entry > ids_.size()) return std::nullopt;
    if (ids_[entry - 1] == id) return static_cast<DocId>(entry - 1);
  }
  return std::nullopt;
}

}  // namespace selene::index
