#pragma once

#include <cstdint>
#include <span>

#include "index/formats/byte_io.h"
#include "index/formats/postings_layout.h"

namespace selene::index {

// Blocks of a posting list as bytes (docs/formats/postings.md). Documents ascend; `last_doc`: of the block before, -1 at first.

/// As varints: short lists, and the last block of a long one.
void append_varint_block(std::span<const uint32_t> docs, std::span<const uint32_t> freqs, int64_t last_doc, ByteWriter& out);

/// A block of a long list, packed if it is full. Returns its entry without bound and positions.
PostingsBlockEntry append_block(std::span<const uint32_t> docs, std::span<const uint32_t> freqs, int64_t last_doc, ByteWriter& out);

}  // namespace selene::index
