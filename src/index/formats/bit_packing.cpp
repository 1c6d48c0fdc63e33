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
  lanes += __builtin_shuffle(lanes, zero, Lanes{4, 0, 1, 2});
  lanes += __builtin_shuffle(lanes, zero, Lanes{4, 4, 0, 1});
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
      last = __builtin_shuffle(sums, Lanes{3, 3, 3, 3});
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
  uint32_t all = 0;
  for (int32_t i = 0; i < kBlockSize; ++i) all |= numbers[i];
  return 32 - std::countl_zero(all);
}

void pack_block(const uint32_t* numbers, int bits, uint8_t* out) noexcept {
  if (bits == 0) return;
  std::memset(out, 0, packed_block_bytes(bits));
  for (int row = 0; row < 32; ++row) {
    const int word = row * bits / 32;
    const int shift = row * bits % 32;
    for (int lane = 0; lane < 4; ++lane) {
      const uint64_t value = static_cast<uint64_t>(numbers[row * 4 + lane]) << shift;
      for (int part = 0; part < 2; ++part) {
        const auto half = static_cast<uint32_t>(value >> (32 * part));
        if (half == 0) continue;
        uint8_t* at = out + ((word + part) * 4 + lane) * 4;
        uint32_t old;
        std::memcpy(&old, at, sizeof old);
        old |= half;
        std::memcpy(at, &old, sizeof old);
      }
    }
  }
}

void unpack_block(const uint8_t* in, int bits, uint32_t* out) noexcept { kTable<Plain>[static_cast<size_t>(bits)](in, 0, out); }

void unpack_deltas(const uint8_t* in, int bits, uint32_t base, uint32_t* out) noexcept {
  kTable<Deltas>[static_cast<size_t>(bits)](in, base, out);
}

void unpack_plus_one(const uint8_t* in, int bits, uint32_t* out) noexcept {
  kTable<PlusOne>[static_cast<size_t>(bits)](in, 0, out);
}

}  // namespace selene::index
