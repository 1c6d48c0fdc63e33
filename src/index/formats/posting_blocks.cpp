#include "index/formats/posting_blocks.h"

#include "index/formats/bit_packing.h"

namespace selene::index {
namespace {

void append_packed(const uint32_t* numbers, int bits, ByteWriter& out) {
  uint8_t packed[packed_block_bytes(32)];
  pack_block(numbers, bits, packed);
  out.raw({reinterpret_cast<const char*>(packed), packed_block_bytes(bits)});
}

}  // namespace

void append_varint_block(std::span<const uint32_t> docs, std::span<const uint32_t> freqs, int64_t last_doc, ByteWriter& out) {
  auto last = static_cast<uint32_t>(last_doc);
  for (size_t i = 0; i < docs.size(); ++i) {
    const uint64_t delta = docs[i] - last - 1;
    last = docs[i];
    out.varint(delta << 1 | static_cast<uint64_t>(freqs[i] == 1));
    if (freqs[i] != 1) out.varint(freqs[i] - 2);
  }
}

PostingsBlockEntry append_block(std::span<const uint32_t> docs, std::span<const uint32_t> freqs, int64_t last_doc,
                                ByteWriter& out) {
  PostingsBlockEntry entry{};
  entry.last_doc = docs.back();
  entry.data_offset = static_cast<uint32_t>(out.size());
  if (docs.size() < kBlockSize) {
    entry.doc_bits = kVarintBlock;
    append_varint_block(docs, freqs, last_doc, out);
    return entry;
  }
  uint32_t deltas[kBlockSize];
  uint32_t less_one[kBlockSize];
  auto last = static_cast<uint32_t>(last_doc);
  for (size_t i = 0; i < kBlockSize; ++i) {
    deltas[i] = docs[i] - last - 1;
    last = docs[i];
    less_one[i] = freqs[i] - 1;
  }
  const int doc_bits = bits_needed(deltas);
  const int freq_bits = bits_needed(less_one);
  append_packed(deltas, doc_bits, out);
  append_packed(less_one, freq_bits, out);
  entry.doc_bits = static_cast<uint8_t>(doc_bits);
  entry.freq_bits = static_cast<uint8_t>(freq_bits);
  return entry;
}

}  // namespace selene::index
