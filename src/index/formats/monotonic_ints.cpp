#include "index/formats/monotonic_ints.h"

#include <algorithm>
#include <vector>

namespace selene::index {

MonotonicInts MonotonicInts::read(ByteReader& in) {
  MonotonicInts ints;
  ints.bias_ = in.varint();
  ints.anchors_ = PackedInts::read(in);
  ints.offs_ = PackedInts::read(in);
  const uint64_t size = ints.offs_.size();
  if (in.ok() && ints.anchors_.size() != (size + kStride - 1) / kStride + 1) in.fail();
  if (!in.ok()) return {};
  return ints;
}

/// Where the line through the last number would be at the next anchor.
uint64_t MonotonicInts::end_of_last_line(std::span<const uint64_t> numbers) {
  if (numbers.empty()) return 0;
  const uint64_t steps = (numbers.size() - 1) % kStride;
  const uint64_t begin = numbers[numbers.size() - 1 - steps];
  return steps == 0 ? begin : begin + (numbers.back() - begin) * kStride / steps;
}

void write_monotonic_ints(std::span<const uint64_t> numbers, ByteWriter& out) {
  constexpr uint64_t kStride = MonotonicInts::kStride;
  std::vector<uint64_t> anchors;
  for (size_t i = 0; i < numbers.size(); i += kStride) anchors.push_back(numbers[i]);
  anchors.push_back(MonotonicInts::end_of_last_line(numbers));
  std::vector<uint64_t> offs(numbers.size());
  int64_t lowest = 0;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const uint64_t begin = anchors[i / kStride];
    offs[i] = numbers[i] - begin - MonotonicInts::on_line(begin, anchors[i / kStride + 1], i % kStride);
    lowest = std::min(lowest, static_cast<int64_t>(offs[i]));
  }
  const auto bias = static_cast<uint64_t>(-lowest);
  for (uint64_t& off : offs) off += bias;
  out.varint(bias);
  write_packed_ints(anchors, out);
  write_packed_ints(offs, out);
}

}  // namespace selene::index
