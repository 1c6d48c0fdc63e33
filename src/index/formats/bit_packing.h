#pragma once

#include <cstddef>
#include <cstdint>

namespace selene::index {

/// Packs 128 numbers with `bits` bits each into 16 * bits bytes. Number i stands in lane i % 4, row i / 4 of four 32-bit lanes, so
/// four numbers are unpacked by one vector operation on any CPU with 128-bit registers.
/// Source: Lemire & Boytsov, "Decoding billions of integers per second through vectorization", 2015.
inline constexpr int32_t kBlockSize = 128;

constexpr size_t packed_block_bytes(int bits) { return static_cast<size_t>(bits) * 16; }
/// Bits that the largest of 128 numbers needs, 0..32.
int bits_needed(const uint32_t* numbers) noexcept;

/// `out`: packed_block_bytes(bits) bytes; bits 0..32; numbers < 2^bits.
void pack_block(const uint32_t* numbers, int bits, uint8_t* out) noexcept;
/// Number i, 0 <= i < 128.
uint32_t packed_number(const uint8_t* in, int bits, int32_t i) noexcept;
/// out[i] = number i.
void unpack_block(const uint8_t* in, int bits, uint32_t* out) noexcept;
/// out[i] = out[i - 1] + 1 + number i, with out[-1] = base; wraps at 2^32.
void unpack_deltas(const uint8_t* in, int bits, uint32_t base, uint32_t* out) noexcept;
/// out[i] = 1 + number i.
void unpack_plus_one(const uint8_t* in, int bits, uint32_t* out) noexcept;

}  // namespace selene::index
