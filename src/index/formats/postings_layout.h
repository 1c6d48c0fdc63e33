#pragma once

#include <cstddef>
#include <cstdint>

namespace selene::index {

/// One block of a long list (128 documents or more). ON DISK: docs/formats/postings.md.
struct PostingsBlockEntry {
  uint32_t last_doc;
  uint32_t data_offset;       ///< from the first block's data
  uint32_t positions_offset;  ///< from the term's positions
  uint8_t doc_bits;           ///< or kVarintBlock (the last block, fewer than 128 documents) or kBitmapBlock
  uint8_t freq_bits;
  uint16_t bound;  ///< encode_bound of the largest freq * LengthFactors[norm]; of weights: the largest
};
static_assert(sizeof(PostingsBlockEntry) == 16);
inline constexpr uint8_t kVarintBlock = 0xFF;
inline constexpr uint8_t kBitmapBlock = 0xFE;

/// Bytes of a bitmap over so many documents: whole words of 64 bits.
constexpr size_t bitmap_bytes(size_t num_docs) { return (num_docs + 63) / 64 * 8; }

/// So many elements behind an output may be written to by PostingsKernels.
inline constexpr size_t kSpare = 16;

/// For how many documents a long list keeps what so many of its documents reach at least. ON DISK.
inline constexpr int32_t kGuaranteedRungs[] = {10, 100, 1000};

}  // namespace selene::index
