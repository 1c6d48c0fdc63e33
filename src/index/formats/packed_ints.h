#pragma once

#include <cstdint>
#include <span>

#include "index/formats/byte_io.h"

namespace selene::index {

/// An array of unsigned numbers with the same number of bits each, read at random in place. Layout: docs/formats/packed_ints.md.
/// Immutable, thread-safe; valid as long as the bytes it was read from.
class PackedInts {
 public:
  PackedInts() = default;
  /// Reads header and bounds, not the numbers; `in` fails if they do not fit.
  static PackedInts read(ByteReader& in);

  uint64_t size() const { return size_; }
  /// REQUIRES: i < size().
  uint64_t operator[](uint64_t i) const {
    if (bits_ == 64) return load<uint64_t>(bytes_ + i * 8);
    const uint64_t bit = i * bits_;
    return (load<uint64_t>(bytes_ + (bit >> 3)) >> (bit & 7)) & mask_;
  }

 private:
  const uint8_t* bytes_ = nullptr;  ///< 8 readable bytes behind the last number
  uint64_t size_ = 0;
  uint64_t mask_ = 0;
  uint32_t bits_ = 0;
};

void write_packed_ints(std::span<const uint64_t> numbers, ByteWriter& out);

}  // namespace selene::index
