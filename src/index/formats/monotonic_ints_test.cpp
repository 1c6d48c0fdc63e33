#include "index/formats/monotonic_ints.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace selene::index {
namespace {

std::string written(const std::vector<uint64_t>& numbers) {
  ByteWriter out;
  write_monotonic_ints(numbers, out);
  return std::move(out.bytes());
}

void expect_round_trip(const std::vector<uint64_t>& numbers) {
  const std::string bytes = written(numbers);
  ByteReader in(bytes);
  const MonotonicInts read = MonotonicInts::read(in);
  ASSERT_TRUE(in.ok() && in.done());
  ASSERT_EQ(read.size(), numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(read[i], numbers[i]) << i;
}

TEST(MonotonicIntsTest, ReadsWhatWasWrittenAtEverySize) {
  std::mt19937_64 random(17);
  for (size_t size = 0; size < 70; ++size) {
    std::vector<uint64_t> numbers;
    uint64_t last = random() % 1000;
    for (size_t i = 0; i < size; ++i) numbers.push_back(last += random() % 3 == 0 ? 0 : random() % (uint64_t{1} << (i % 40)));
    expect_round_trip(numbers);
  }
}

TEST(MonotonicIntsTest, NumbersUpToTheLargestOffset) {
  constexpr uint64_t kLargest = (uint64_t{1} << 56) - 1;
  expect_round_trip({0, 0, kLargest, kLargest});
  expect_round_trip(std::vector<uint64_t>(40, kLargest));
}

TEST(MonotonicIntsTest, EvenStepsTakeAFractionOfTheirBits) {
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < 100'000; ++i) numbers.push_back(i * 6 + i % 2);
  ByteWriter packed;
  write_packed_ints(numbers, packed);
  EXPECT_LT(written(numbers).size() * 5, packed.size());
}

TEST(MonotonicIntsTest, AnchorsThatDoNotFitTheSizeAreRefused) {
  ByteWriter out;
  out.varint(0);
  write_packed_ints(std::vector<uint64_t>{0}, out);
  write_packed_ints(std::vector<uint64_t>{1, 2, 3}, out);
  ByteReader in(out.bytes());
  MonotonicInts::read(in);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace selene::index
