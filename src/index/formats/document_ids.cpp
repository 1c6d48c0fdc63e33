#include "index/formats/document_ids.h"

#include <xxhash.h>

#include <algorithm>
#include <vector>

namespace selene::index {
namespace {

/// The slot where the search for an id begins: the upper half of hash * size.
uint64_t first_slot(std::string_view id, uint64_t size) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>((Wide{XXH3_64bits(id.data(), id.size())} * size) >> 64);
}

}  // namespace

std::string write_document_ids(std::span<const std::string_view> ids) {
  ByteWriter out;
  write_string_table(ids, out);
  std::vector<uint64_t> slots(ids.size() + ids.size() / 5 + 2, 0);
  for (size_t doc = 0; doc < ids.size(); ++doc) {
    size_t slot = first_slot(ids[doc], slots.size());
    while (slots[slot] != 0 && ids[slots[slot] - 1] != ids[doc]) slot = slot + 1 == slots.size() ? 0 : slot + 1;
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
  if (!in.ok() || !in.done() || ids.ids_.size() != static_cast<uint64_t>(max_doc) || ids.slots_.size() == 0) {
    return base::Error(base::ErrorCode::kCorruptIndex, "damaged document ids");
  }
  return ids;
}

std::optional<DocId> DocumentIds::find(std::string_view id) const {
  uint64_t slot = first_slot(id, slots_.size());
  for (uint64_t tries = 0; tries < slots_.size(); ++tries, slot = slot + 1 == slots_.size() ? 0 : slot + 1) {
    const uint64_t entry = slots_[slot];
    if (entry == 0 || entry > ids_.size()) return std::nullopt;
    if (ids_[entry - 1] == id) return static_cast<DocId>(entry - 1);
  }
  return std::nullopt;
}

}  // namespace selene::index
