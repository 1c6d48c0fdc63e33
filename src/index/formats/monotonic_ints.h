#pragma once

#include <cstdint>
#include <span>

#include "index/formats/packed_ints.h"

namespace selene::index {

/// An ascending array of numbers, read at random in place: every 16th in full, of the others how far they are off the straight line
/// between. Layout: docs/formats/packed_ints.md. Immutable, thread-safe; valid as long as the bytes it was read from.
class MonotonicInts {
 public:
  MonotonicInts() = default;
  /// Reads headers and bounds, not the numbers; `in` fails if they do not fit.
  static MonotonicInts read(ByteReader& in);

  uint64_t size() const { return offs_.size(); }
  /// Some number if the bytes are damaged. REQUIRES: i < size().
  uint64_t operator[](uint64_t i) const {
    const uint64_t begin = anchors_[i / kStride];
    return begin + on_line(begin, anchors_[i / kStride + 1], i % kStride) + offs_[i] - bias_;
  }

 private:
  static constexpr uint64_t kStride = 16;
  static uint64_t on_line(uint64_t begin, uint64_t end, uint64_t step) { return (end - begin) * step / kStride; }
  static uint64_t end_of_last_line(std::span<const uint64_t> numbers);
  friend void write_monotonic_ints(std::span<const uint64_t> numbers, ByteWriter& out);

  PackedInts anchors_;
  PackedInts offs_;  ///< from the line, plus bias_
  uint64_t bias_ = 0;
};

/// REQUIRES: `numbers` ascending, below 2^56.
void write_monotonic_ints(std::span<const uint64_t> numbers, ByteWriter& out);

}  // namespace selene::index
