#include "index/formats/bit_packing.h"

#include <gtest/gtest.h>

#include <vector>

#include "index/formats/packed_ints.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;

uint64_t mask_of(uint64_t bits) { return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1; }

TEST(BitPackingTest, EveryWidthReadsBackInAllThreeWays) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (int bits = 0; bits <= 32; ++bits) {
    std::vector<uint32_t> numbers(kBlockSize);
    for (uint32_t& number : numbers) number = static_cast<uint32_t>(random.bits() & mask_of(static_cast<uint64_t>(bits)));
    EXPECT_LE(bits_needed(numbers.data()), bits);
    std::vector<uint8_t> packed(packed_block_bytes(bits));
    pack_block(numbers.data(), bits, packed.data());
    std::vector<uint32_t> out(kBlockSize);
    unpack_block(packed.data(), bits, out.data());
    EXPECT_EQ(out, numbers) << bits;
    for (int32_t i = 0; i < kBlockSize; ++i)
      ASSERT_EQ(packed_number(packed.data(), bits, i), numbers[static_cast<size_t>(i)]) << bits;
    unpack_plus_one(packed.data(), bits, out.data());
    for (int32_t i = 0; i < kBlockSize; ++i) ASSERT_EQ(out[static_cast<size_t>(i)], numbers[static_cast<size_t>(i)] + 1);
    const auto base = static_cast<uint32_t>(random.bits());
    unpack_deltas(packed.data(), bits, base, out.data());
    uint32_t expected = base;
    for (size_t i = 0; i < kBlockSize; ++i) ASSERT_EQ(out[i], expected += numbers[i] + 1) << bits << " " << i;
  }
}

TEST(BitPackingTest, BitsNeededIsTheWidthOfTheLargest) {
  std::vector<uint32_t> numbers(kBlockSize, 0);
  EXPECT_EQ(bits_needed(numbers.data()), 0);
  numbers[127] = 1;
  EXPECT_EQ(bits_needed(numbers.data()), 1);
  numbers[5] = 0xFFFFFFFF;
  EXPECT_EQ(bits_needed(numbers.data()), 32);
}

TEST(PackedIntsTest, EveryWidthReadsBack) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (uint64_t bits = 0; bits <= 64; ++bits) {
    std::vector<uint64_t> numbers(random.below(300));
    for (uint64_t& number : numbers) number = random.bits() & mask_of(bits);
    ByteWriter out;
    write_packed_ints(numbers, out);
    ByteReader in(out.bytes());
    const PackedInts ints = PackedInts::read(in);
    ASSERT_TRUE(in.ok() && in.done());
    ASSERT_EQ(ints.size(), numbers.size());
    for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(ints[i], numbers[i]) << bits;
  }
}

TEST(PackedIntsTest, CutOffBytesAreRefused) {
  ByteWriter out;
  write_packed_ints(std::vector<uint64_t>{1, 2, 300}, out);
  for (size_t length = 0; length < out.size(); ++length) {
    ByteReader in(std::string_view(out.bytes()).substr(0, length));
    PackedInts::read(in);
    EXPECT_FALSE(in.ok()) << length;
  }
}

}  // namespace
}  // namespace selene::index
