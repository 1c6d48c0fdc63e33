#include "index/formats/posting_blocks.h"

#include <algorithm>

#include "index/formats/bit_packing.h"

namespace selene::index {
namespace {

/// A bitmap is worth so many more bits a document than packed distances: single documents are found without decoding it.
constexpr int kBitsForBitmap = 1;
constexpr int kMaxBitmapBits = 16;

void append_packed(const uint32_t* numbers, int bits, ByteWriter& out) {
  uint8_t packed[packed_block_bytes(32)];
  pack_block(numbers, bits, packed);
  out.raw({reinterpret_cast<const char*>(packed), packed_block_bytes(bits)});
}

/// Bit i of the bytes: whether document `first` + i is there.
void append_bitmap(std::span<const uint32_t> docs, uint32_t first, size_t num_bytes, ByteWriter& out) {
  uint8_t bytes[packed_block_bytes(kMaxBitmapBits)] = {};
  for (const uint32_t doc : docs) bytes[(doc - first) / 8] |= static_cast<uint8_t>(1U << (doc - first) % 8);
  out.raw({reinterpret_cast<const char*>(bytes), num_bytes});
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
  const auto first = static_cast<uint32_t>(last_doc + 1);
  const size_t num_bytes = bitmap_bytes(docs.back() - first + 1);
  if (num_bytes <= packed_block_bytes(std::min(doc_bits + kBitsForBitmap, kMaxBitmapBits))) {
    append_bitmap(docs, first, num_bytes, out);
    entry.doc_bits = kBitmapBlock;
  } else {
    append_packed(deltas, doc_bits, out);
    entry.doc_bits = static_cast<uint8_t>(doc_bits);
  }
  append_packed(less_one, freq_bits, out);
  entry.freq_bits = static_cast<uint8_t>(freq_bits);
  return entry;
}

}  // namespace selene::index
