#include "index/vectors/vector_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "index/mapping/vector_options.h"

namespace selene::index {
namespace {

constexpr size_t kDims[] = {1, 2, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 96, 127, 128, 200, 384, 385, 1024, 4096};

TEST(VectorKernelsTest, FloatSumsAgreeWithThoseOfDoublesOnEveryInstructionSet) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (const VectorKernels* kernels : supported_vector_kernels()) {
    for (const size_t dims : kDims) {
      std::vector<float> a(dims);
      std::vector<float> b(dims);
      std::vector<uint16_t> half(dims);
      double dot = 0;
      double l2 = 0;
      double half_dot = 0;
      double half_l2 = 0;
      double size = 0;
      for (size_t i = 0; i < dims; ++i) {
        a[i] = normal(random);
        b[i] = normal(random);
        half[i] = float_to_bfloat16(b[i]);
        const auto x = static_cast<double>(a[i]);
        const auto y = static_cast<double>(b[i]);
        const auto h = static_cast<double>(bfloat16_to_float(half[i]));
        dot += x * y;
        l2 += (x - y) * (x - y);
        half_dot += x * h;
        half_l2 += (x - h) * (x - h);
        size += std::abs(x * y) + (x - y) * (x - y);
      }
      const double error = 1e-5 * size + 1e-6;  // of sums of float32
      EXPECT_NEAR(kernels->dot_float(a.data(), b.data(), dims), dot, error) << kernels->isa << " " << dims;
      EXPECT_NEAR(kernels->l2_float(a.data(), b.data(), dims), l2, error) << kernels->isa << " " << dims;
      EXPECT_NEAR(kernels->dot_bfloat16(a.data(), half.data(), dims), half_dot, error) << kernels->isa << " " << dims;
      EXPECT_NEAR(kernels->l2_bfloat16(a.data(), half.data(), dims), half_l2, error) << kernels->isa << " " << dims;
    }
  }
}

TEST(VectorKernelsTest, IntegerSumsAreExactOnEveryInstructionSet) {
  std::mt19937 random(11);
  for (const VectorKernels* kernels : supported_vector_kernels()) {
    for (const size_t dims : kDims) {
      std::vector<int8_t> a(dims);
      std::vector<int8_t> b(dims);
      std::vector<uint8_t> codes(dims);
      std::vector<uint8_t> fours(dims / 2);
      std::vector<uint8_t> bits((dims + 7) / 8);
      // The extremes come often: sums must not saturate.
      const auto any_byte = [&] { return static_cast<uint8_t>(random() % 4 == 0 ? 0x80 : random() % 4 == 0 ? 0xFF : random()); };
      for (size_t i = 0; i < dims; ++i) {
        a[i] = static_cast<int8_t>(any_byte());
        b[i] = static_cast<int8_t>(any_byte());
        codes[i] = any_byte();
      }
      for (uint8_t& byte : fours) byte = any_byte();
      for (uint8_t& byte : bits) byte = any_byte();
      int32_t dot = 0;
      int32_t code8 = 0;
      int32_t code4 = 0;
      int32_t code1 = 0;
      int32_t hamming = 0;
      for (size_t i = 0; i < dims; ++i) {
        dot += a[i] * b[i];
        code8 += codes[i] * b[i];
        if (bits[i / 8] >> (i % 8) & 1) code1 += b[i];
        for (int bit = 0; bit < 8; ++bit) hamming += (static_cast<uint8_t>(a[i]) >> bit & 1) != (codes[i] >> bit & 1) ? 1 : 0;
      }
      for (size_t i = 0; i < dims / 2; ++i) code4 += (fours[i] & 15) * b[i] + (fours[i] >> 4) * b[dims / 2 + i];
      EXPECT_EQ(kernels->dot_int8(a.data(), b.data(), dims), dot) << kernels->isa << " " << dims;
      EXPECT_EQ(kernels->dot_code8(codes.data(), b.data(), dims), code8) << kernels->isa << " " << dims;
      if (dims % 2 == 0) {
        EXPECT_EQ(kernels->dot_code4(fours.data(), b.data(), dims), code4) << kernels->isa << " " << dims;
      }
      EXPECT_EQ(kernels->dot_code1(bits.data(), b.data(), dims), code1) << kernels->isa << " " << dims;
      EXPECT_EQ(kernels->hamming(reinterpret_cast<const uint8_t*>(a.data()), codes.data(), dims), hamming) << kernels->isa;
    }
  }
}

TEST(VectorKernelsTest, ScalarIsAlwaysThereAndComesFirst) {
  ASSERT_FALSE(supported_vector_kernels().empty());
  EXPECT_EQ(supported_vector_kernels().front()->isa, "scalar");
}

}  // namespace
}  // namespace selene::index
