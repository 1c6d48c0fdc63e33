#include "index/formats/packed_ints.h"

#include <bit>

namespace selene::index {
namespace {

constexpr uint64_t kPadding = 8;
constexpr uint64_t kMaxSize = uint64_t{1} << 48;

uint64_t packed_bytes(uint64_t size, uint32_t bits) { return (size * bits + 7) / 8 + kPadding; }

}  // namespace

PackedInts PackedInts::read(ByteReader& in) {
  PackedInts ints;
  const uint64_t size = in.varint();
  const uint32_t bits = in.fixed<uint8_t>();
  if (size > kMaxSize || (bits > 56 && bits != 64)) {
    in.fail();
    return ints;
  }
  const std::string_view bytes = in.raw(packed_bytes(size, bits));
  if (!in.ok()) return ints;
  ints.bytes_ = reinterpret_cast<const uint8_t*>(bytes.data());
  ints.size_ = size;
  ints.bits_ = bits;
  ints.mask_ = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  return ints;
}

void write_packed_ints(std::span<const uint64_t> numbers, ByteWriter& out) {
  uint64_t all = 0;
  for (const uint64_t number : numbers) all |= number;
  auto bits = static_cast<uint32_t>(64 - std::countl_zero(all));
  if (bits > 56) bits = 64;
  out.varint(numbers.size());
  out.fixed(static_cast<uint8_t>(bits));
  std::string& bytes = out.bytes();
  const size_t begin = bytes.size();
  bytes.resize(begin + packed_bytes(numbers.size(), bits));
  auto* packed = reinterpret_cast<uint8_t*>(bytes.data() + begin);
  for (size_t i = 0; i < numbers.size() && bits != 0; ++i) {
    const uint64_t bit = i * bits;
    uint8_t* at = packed + (bit >> 3);
    const uint64_t word = load<uint64_t>(at) | (numbers[i] << (bit & 7));
    std::memcpy(at, &word, sizeof word);
  }
}

}  // namespace selene::index
