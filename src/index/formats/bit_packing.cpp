#include "index/formats/bit_packing.h"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

namespace selene::index {
namespace {

using Lanes = uint32_t __attribute__((vector_size(16)));

inline Lanes load_lanes(const uint8_t* at) {
  Lanes lanes;
  std::memcpy(&lanes, at, sizeof lanes);
  return lanes;
}
inline void store_lanes(uint32_t* at, Lanes lanes) { std::memcpy(at, &lanes, sizeof lanes); }

template <int Bits, int Row>
inline Lanes row_of(const uint8_t* in) {
  if constexpr (Bits == 0) {
    return Lanes{0, 0, 0, 0};
  } else {
    constexpr int kWord = Row * Bits / 32;
    constexpr int kShift = Row * Bits % 32;
    Lanes lanes = load_lanes(in + kWord * 16) >> kShift;
    if constexpr (kShift + Bits > 32) lanes |= load_lanes(in + (kWord + 1) * 16) << (32 - kShift);
    if constexpr (Bits < 32) lanes &= (uint32_t{1} << Bits) - 1;
    return lanes;
  }
}

/// (a, a+b, a+b+c, a+b+c+d)
inline Lanes prefix_sum(Lanes lanes) {
  const Lanes zero = {0, 0, 0, 0};
  lanes += __builtin_shufflevector(lanes, zero, 4, 0, 1, 2);
  lanes += __builtin_shufflevector(lanes, zero, 4, 4, 0, 1);
  return lanes;
}

struct Plain {
  template <int Bits, size_t... Rows>
  static void run(const uint8_t* in, uint32_t /*base*/, uint32_t* out, std::index_sequence<Rows...>) {
    (store_lanes(out + Rows * 4, row_of<Bits, static_cast<int>(Rows)>(in)), ...);
  }
};

struct PlusOne {
  template <int Bits, size_t... Rows>
  static void run(const uint8_t* in, uint32_t /*base*/, uint32_t* out, std::index_sequence<Rows...>) {
    (store_lanes(out + Rows * 4, row_of<Bits, static_cast<int>(Rows)>(in) + 1), ...);
  }
};

struct Deltas {
  template <int Bits, size_t... Rows>
  static void run(const uint8_t* in, uint32_t base, uint32_t* out, std::index_sequence<Rows...>) {
    Lanes last = {base, base, base, base};
    const auto step = [&](size_t row, Lanes deltas) {
      const Lanes sums = prefix_sum(deltas + 1) + last;
      store_lanes(out + row * 4, sums);
      last = __builtin_shufflevector(sums, sums, 3, 3, 3, 3);
    };
    (step(Rows, row_of<Bits, static_cast<int>(Rows)>(in)), ...);
  }
};

using Unpacker = void (*)(const uint8_t*, uint32_t, uint32_t*);

template <class Kind, int Bits>
void unpack_with(const uint8_t* in, uint32_t base, uint32_t* out) {
  Kind::template run<Bits>(in, base, out, std::make_index_sequence<32>());
}
template <class Kind, int... Bits>
constexpr std::array<Unpacker, sizeof...(Bits)> make_table(std::integer_sequence<int, Bits...>) {
  return {&unpack_with<Kind, Bits>...};
}
template <class Kind>
constexpr auto kTable = make_table<Kind>(std::make_integer_sequence<int, 33>());

}  // namespace

int bits_needed(const uint32_t* numbers) noexcept {
  Lanes all = {0, 0, 0, 0};
  for (int32_t i = 0; i < kBlockSize; i += 4) all |= load_lanes(reinterpret_cast<const uint8_t*>(numbers + i));
  return 32 - std::countl_zero(all[0] | all[1] | all[2] | all[3]);
}

void pack_block(const uint32_t* numbers, int bits, uint8_t* out) noexcept {
  if (bits == 0) return;
  Lanes word = {0, 0, 0, 0};
  int shift = 0;
  for (int32_t i = 0; i < kBlockSize; i += 4) {
    const Lanes lanes = load_lanes(reinterpret_cast<const uint8_t*>(numbers + i));
    word |= lanes << shift;
    shift += bits;
    if (shift < 32) continue;
    std::memcpy(out, &word, sizeof word);
    out += sizeof word;
    shift -= 32;
    word = shift == 0 ? Lanes{0, 0, 0, 0} : lanes >> (bits - shift);
  }
}

uint32_t packed_number(const uint8_t* in, int bits, int32_t i) noexcept {
  if (bits == 0) return 0;
  const int bit = i / 4 * bits;
  const uint8_t* const word = in + (bit / 32 * 4 + i % 4) * 4;
  uint32_t low;
  std::memcpy(&low, word, sizeof low);
  uint64_t value = low;
  if (bit % 32 + bits > 32) {
    uint32_t high;
    std::memcpy(&high, word + 16, sizeof high);
    value |= static_cast<uint64_t>(high) << 32;
  }
  return static_cast<uint32_t>(value >> (bit % 32)) & static_cast<uint32_t>((uint64_t{1} << bits) - 1);
}

void unpack_block(const uint8_t* in, int bits, uint32_t* out) noexcept { kTable<Plain>[static_cast<size_t>(bits)](in, 0, out); }

void unpack_deltas(const uint8_t* in, int bits, uint32_t base, uint32_t* out) noexcept {
  kTable<Deltas>[static_cast<size_t>(bits)](in, base, out);
}

void unpack_plus_one(const uint8_t* in, int bits, uint32_t* out) noexcept {
  kTable<PlusOne>[static_cast<size_t>(bits)](in, 0, out);
}

}  // namespace selene::index
