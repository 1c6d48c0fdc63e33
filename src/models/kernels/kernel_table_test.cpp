#include "models/kernels/kernel_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "models/archives/safetensors.h"
#include "models/ops/buffer.h"
#include "models/ops/packed_matrix.h"

// Every table against the same thing in double precision. Bounds: float32 sums of k terms of order 1 err by about
// sqrt(k) * 2^-24 of their magnitudes; bf16 keeps 8 bits; int8 integers are exact.
namespace selene::models {
namespace {

class KernelTest : public testing::TestWithParam<size_t> {
 protected:
  const KernelTable& table() const { return supported_kernels()[GetParam()]; }
  float normal() { return std::normal_distribution<float>()(random_); }
  std::vector<float> normals(int64_t count) {
    std::vector<float> x(static_cast<size_t>(count));
    for (float& v : x) v = normal();
    return x;
  }
  std::mt19937 random_{20261124};
};

std::string table_name(const testing::TestParamInfo<size_t>& info) { return std::string(supported_kernels()[info.param].isa); }
INSTANTIATE_TEST_SUITE_P(AllTables, KernelTest, testing::Range<size_t>(0, supported_kernels().size()), table_name);

float bf16_value(uint16_t bits) {
  const uint32_t word = static_cast<uint32_t>(bits) << 16;
  float x;
  std::memcpy(&x, &word, sizeof x);
  return x;
}

TensorView matrix_view(const std::vector<float>& values, int64_t n, int64_t k) {
  return {"w", DType::kF32, {n, k}, std::as_bytes(std::span(values))};
}

struct GemmShape {
  int32_t rows, k, n;
};
constexpr GemmShape kShapes[] = {{1, 1, 1}, {1, 384, 32}, {5, 7, 33}, {12, 64, 64}, {13, 42, 75}, {25, 96, 16}, {47, 33, 130}};

/// Rows of `k` values at row_stride(k), the tail zero.
Buffer<float> strided(const std::vector<float>& values, int64_t rows, int64_t k) {
  Buffer<float> out(rows * row_stride(k));
  for (int64_t r = 0; r < rows; ++r) std::copy_n(values.data() + r * k, k, out.data() + r * row_stride(k));
  return out;
}

struct GemmCase {
  GemmShape shape;
  std::vector<float> x, w;
  Buffer<float> bias, residual, y;

  GemmCase(GemmShape s, std::vector<float> xs, std::vector<float> ws, const std::vector<float>& b, const std::vector<float>& r)
      : shape(s),
        x(std::move(xs)),
        w(std::move(ws)),
        bias(row_stride(s.n)),
        residual(strided(r, s.rows, s.n)),
        y(s.rows * row_stride(s.n)) {
    std::copy(b.begin(), b.end(), bias.data());
  }
  Gemm gemm(const PackedMatrix& packed) {
    Gemm g;
    g.w = packed.data();
    g.w_scales = packed.scales();
    g.w_offsets = packed.offsets();
    g.bias = bias.data();
    g.c = y.data();
    g.ldc = g.ldr = row_stride(shape.n);
    g.rows = shape.rows;
    g.k = shape.k;
    g.n = shape.n;
    return g;
  }
  double exact(int32_t r, int32_t c) const {
    double sum = bias[c];
    for (int32_t i = 0; i < shape.k; ++i) {
      sum += static_cast<double>(x[static_cast<size_t>(r * shape.k + i)]) * w[static_cast<size_t>(c * shape.k + i)];
    }
    return sum;
  }
};

TEST_P(KernelTest, GemmF32IsTheProduct) {
  for (const GemmShape s : kShapes) {
    GemmCase c(s, normals(s.rows * s.k), normals(s.n * s.k), normals(s.n), normals(s.rows * s.n));
    const TensorView view = matrix_view(c.w, s.n, s.k);
    const MatrixPart part{&view, 0, s.n};
    const auto packed = PackedMatrix::pack(table(), NumberType::kF32, {&part, 1}, s.k);
    ASSERT_TRUE(packed.has_value());
    const Buffer<float> x = strided(c.x, s.rows, s.k);
    Gemm g = c.gemm(*packed);
    g.a = x.data();
    g.lda = row_stride(s.k) * 4;
    g.residual = c.residual.data();
    table().gemm_f32(g);
    for (int32_t r = 0; r < s.rows; ++r) {
      for (int32_t col = 0; col < s.n; ++col) {
        const double expected = c.exact(r, col) + c.residual[r * row_stride(s.n) + col];
        EXPECT_NEAR(c.y[r * row_stride(s.n) + col], expected, 1e-5 * std::sqrt(s.k)) << r << "," << col;
      }
    }
  }
}

TEST_P(KernelTest, GemmBf16IsTheProductOfRoundedNumbers) {
  for (const GemmShape s : kShapes) {
    GemmCase c(s, normals(s.rows * s.k), normals(s.n * s.k), normals(s.n), normals(s.rows * s.n));
    const TensorView view = matrix_view(c.w, s.n, s.k);
    const MatrixPart part{&view, 0, s.n};
    const auto packed = PackedMatrix::pack(table(), NumberType::kBf16, {&part, 1}, s.k);
    ASSERT_TRUE(packed.has_value());
    const Buffer<float> x = strided(c.x, s.rows, s.k);
    Buffer<uint16_t> rounded(s.rows * row_stride(s.k));
    table().to_bf16_rows(x.data(), row_stride(s.k), s.rows, s.k, rounded.data(), row_stride(s.k));
    Gemm g = c.gemm(*packed);
    g.a = rounded.data();
    g.lda = row_stride(s.k) * 2;
    table().gemm_bf16(g);
    std::vector<uint16_t> w(c.w.size() + 32);
    table().to_bf16_rows(c.w.data(), 0, 1, static_cast<int32_t>(c.w.size()), w.data(), 0);
    for (int32_t r = 0; r < s.rows; ++r) {
      for (int32_t col = 0; col < s.n; ++col) {
        double sum = c.bias[col];
        for (int32_t i = 0; i < s.k; ++i) {
          sum +=
              static_cast<double>(bf16_value(rounded[r * row_stride(s.k) + i])) * bf16_value(w[static_cast<size_t>(col * s.k + i)]);
        }
        EXPECT_NEAR(c.y[r * row_stride(s.n) + col], sum, 1e-5 * std::sqrt(s.k)) << r << "," << col;
      }
    }
  }
}

int32_t quantized(const KernelTable& table, const Buffer<char>& q, int64_t row_bytes, int32_t r, int32_t c) {
  if (table.i8_act_bytes == 1) return static_cast<int8_t>(static_cast<uint8_t>(q[r * row_bytes + c]) - table.i8_zero);
  int16_t value;
  std::memcpy(&value, q.data() + r * row_bytes + c * 2, sizeof value);
  return value;
}

TEST_P(KernelTest, QuantizedRowsAreRoundedToTheLargestOf127) {
  for (const int32_t cols : {1, 5, 16, 75, 384}) {
    constexpr int32_t kRows = 3;
    std::vector<float> values = normals(int64_t{kRows} * cols);
    std::fill(values.end() - cols, values.end(), 0.0F);  // the last row
    const Buffer<float> x = strided(values, kRows, cols);
    const int64_t row_bytes = row_stride(cols) * table().i8_act_bytes;
    Buffer<char> q(kRows * row_bytes);
    std::memset(q.data(), 77, static_cast<size_t>(q.bytes()));  // of another layer
    float scales[kRows];
    table().quantize_rows(x.data(), row_stride(cols), kRows, cols, q.data(), row_bytes, scales);
    for (int32_t r = 0; r < kRows; ++r) {
      float limit = 0;
      for (int32_t c = 0; c < cols; ++c) limit = std::max(limit, std::fabs(x[r * row_stride(cols) + c]));
      EXPECT_FLOAT_EQ(scales[r], limit / 127.0F);
      for (int32_t c = 0; c < cols; ++c) {
        const double exact = limit > 0 ? static_cast<double>(x[r * row_stride(cols) + c]) * 127.0 / limit : 0.0;
        EXPECT_NEAR(quantized(table(), q, row_bytes, r, c), exact, 0.5001);
      }
      for (int64_t c = cols; c < round_up(cols, std::max(4, table().i8_group)); ++c)
        EXPECT_EQ(quantized(table(), q, row_bytes, r, static_cast<int32_t>(c)), 0);
    }
  }
}

/// Largest values everywhere: where a saturating instruction would show.
TEST_P(KernelTest, GemmI8IsExactInIntegers) {
  for (const GemmShape s : kShapes) {
    for (const bool extreme : {false, true}) {
      std::vector<float> x = normals(s.rows * s.k);
      std::vector<float> w = normals(s.n * s.k);
      if (extreme) {
        for (float& v : x) v = v > 0 ? 1.0F : -1.0F;
        for (float& v : w) v = v > 0 ? 1.0F : -1.0F;
        std::fill(x.begin(), x.begin() + s.k, 1.0F);
        std::fill(w.begin(), w.begin() + s.k, 1.0F);
      }
      GemmCase c(s, std::move(x), std::move(w), normals(s.n), normals(s.rows * s.n));
      const TensorView view = matrix_view(c.w, s.n, s.k);
      const MatrixPart part{&view, 0, s.n};
      const auto packed = PackedMatrix::pack(table(), NumberType::kI8, {&part, 1}, s.k);
      ASSERT_TRUE(packed.has_value());
      const Buffer<float> rows = strided(c.x, s.rows, s.k);
      const int64_t row_bytes = row_stride(s.k) * table().i8_act_bytes;
      Buffer<char> q(s.rows * row_bytes);
      Buffer<float> scales(s.rows);
      table().quantize_rows(rows.data(), row_stride(s.k), s.rows, s.k, q.data(), row_bytes, scales.data());
      Gemm g = c.gemm(*packed);
      g.a = q.data();
      g.lda = row_bytes;
      g.a_scales = scales.data();
      table().gemm_i8(g);
      for (int32_t col = 0; col < s.n; ++col) {
        const float w_scale = packed->scales()[col];
        for (int32_t r = 0; r < s.rows; ++r) {
          int64_t sum = 0;
          for (int32_t i = 0; i < s.k; ++i) {
            // The packer's rounding, to nearest even; the scale is the same float.
            const float inverse = w_scale > 0 ? 127.0F / (w_scale * 127.0F) : 0.0F;
            sum += quantized(table(), q, row_bytes, r, i) * std::lrint(c.w[static_cast<size_t>(col * s.k + i)] * inverse);
          }
          const double expected = static_cast<double>(sum) * scales[r] * w_scale + c.bias[col];
          // A weight at a rounding boundary may differ by one unit here and there.
          const double unit = extreme ? 0.0 : 127.0 * scales[r] * w_scale;
          EXPECT_NEAR(c.y[r * row_stride(s.n) + col], expected, 1e-5 * (1.0 + std::fabs(expected)) + unit) << r << "," << col;
        }
      }
    }
  }
}

double exact_activation(double x, Activation activation) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kGelu:
    case Activation::kGeluCoarse: return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
    case Activation::kGeluNew: return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
    case Activation::kRelu: return std::max(x, 0.0);
    case Activation::kTanh: return std::tanh(x);
    case Activation::kSilu: return x / (1.0 + std::exp(-x));
  }
  return x;
}

TEST_P(KernelTest, ActivationsAreWithinTheirBounds) {
  std::vector<float> inputs;
  for (float x = -20.0F; x <= 20.0F; x += 0.0078125F) inputs.push_back(x);
  inputs.insert(inputs.end(), {-1000.0F, -100.0F, 88.0F, 100.0F, 1e-20F, -1e-20F, 0.0F});
  for (const Activation a : {Activation::kNone, Activation::kGelu, Activation::kGeluCoarse, Activation::kGeluNew, Activation::kRelu,
                             Activation::kTanh, Activation::kSilu}) {
    std::vector<float> y = inputs;
    table().activate(y.data(), static_cast<int64_t>(y.size()), a);
    const double bound = a == Activation::kGeluCoarse ? 2e-4 : 2e-6;
    for (size_t i = 0; i < y.size(); ++i) {
      const double x = inputs[i];
      // The coarse one errs by 2e-4 within [-12, 12] and by 3e-5 of x beyond.
      EXPECT_NEAR(y[i], exact_activation(x, a), bound + std::fabs(x) * (a == Activation::kGeluCoarse ? 4e-5 : 2e-7)) << x;
    }
  }
}

TEST_P(KernelTest, LayerNormHasMeanAndVariance) {
  for (const int32_t cols : {1, 3, 16, 42, 384}) {
    constexpr int32_t kRows = 2;
    const std::vector<float> values = normals(int64_t{kRows} * cols);
    const std::vector<float> gamma = normals(cols);
    const std::vector<float> beta = normals(cols);
    const Buffer<float> x = strided(values, kRows, cols);
    Buffer<float> y(kRows * row_stride(cols));
    const int64_t stride = row_stride(cols);
    for (const bool with_beta : {true, false}) {
      table().layer_norm(x.data(), stride, gamma.data(), with_beta ? beta.data() : nullptr, y.data(), stride, kRows, cols, 1e-5F);
      for (int32_t r = 0; r < kRows; ++r) {
        double mean = 0;
        double variance = 0;
        for (int32_t c = 0; c < cols; ++c) mean += x[r * stride + c] / static_cast<double>(cols);
        for (int32_t c = 0; c < cols; ++c) variance += std::pow(x[r * stride + c] - mean, 2) / cols;
        for (int32_t c = 0; c < cols; ++c) {
          const auto i = static_cast<size_t>(c);
          const double expected = (x[r * stride + c] - mean) / std::sqrt(variance + 1e-5) * gamma[i] + (with_beta ? beta[i] : 0.0F);
          EXPECT_NEAR(y[r * stride + c], expected, 1e-5 * (1 + std::fabs(expected))) << cols << ": " << r << "," << c;
        }
      }
    }
  }
}

TEST_P(KernelTest, ConvertsEveryFp16Exactly) {
  std::vector<uint16_t> halves(65536);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  std::vector<float> y(halves.size());
  table().convert_row(halves.data(), NumberType::kF16, y.data(), 65536);
  for (uint32_t h = 0; h < 65536; ++h) {
    const int exponent = static_cast<int>((h >> 10) & 31U);
    const double fraction = h & 1023U;
    double expected = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024.0 + fraction, exponent - 25);
    if (exponent == 31)
      expected = fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    if ((h & 0x8000U) != 0) expected = -expected;
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(y[h])) << h;
    } else {
      EXPECT_EQ(static_cast<double>(y[h]), expected) << h;
    }
  }
}

TEST_P(KernelTest, AddsRowsOfEveryType) {
  for (const int32_t cols : {1, 7, 16, 42}) {
    const std::vector<float> x = normals(cols);
    std::vector<uint16_t> rounded(64);
    table().to_bf16_rows(x.data(), 0, 1, cols, rounded.data(), 0);
    std::vector<float> y(64, 1.0F);
    table().add_row(x.data(), NumberType::kF32, y.data(), cols);
    table().add_row(rounded.data(), NumberType::kBf16, y.data(), cols);
    for (int32_t c = 0; c < cols; ++c) {
      const auto i = static_cast<size_t>(c);
      EXPECT_FLOAT_EQ(y[i], (1.0F + x[i]) + bf16_value(rounded[i]));
      EXPECT_NEAR(bf16_value(rounded[i]), x[i], std::fabs(x[i]) / 256);
    }
    EXPECT_EQ(y[static_cast<size_t>(cols)], 1.0F);
  }
}

TEST_P(KernelTest, Bf16RoundsToNearestEvenAndKeepsNaN) {
  const std::vector<float> x = {1.0F, 1.00390625F, 1.01171875F, std::numeric_limits<float>::quiet_NaN(), -INFINITY, 0.0F};
  std::vector<uint16_t> y(32);
  table().to_bf16_rows(x.data(), 0, 1, static_cast<int32_t>(x.size()), y.data(), 0);
  EXPECT_EQ(bf16_value(y[0]), 1.0F);
  EXPECT_EQ(bf16_value(y[1]), 1.0F);       // a tie goes to the even neighbour
  EXPECT_EQ(bf16_value(y[2]), 1.015625F);  // here the one above
  EXPECT_TRUE(std::isnan(bf16_value(y[3])));
  EXPECT_EQ(bf16_value(y[4]), -INFINITY);
}

struct AttentionShape {
  int32_t queries, keys, head_dim, window;
  bool bias;
};
constexpr AttentionShape kAttentionShapes[] = {
    {1, 1, 4, -1, false},     {1, 30, 32, -1, false},  {17, 17, 32, -1, true}, {40, 40, 14, -1, false}, {33, 33, 64, -1, true},
    {100, 100, 32, 8, false}, {12, 70, 80, -1, false}, {50, 50, 16, 0, false}, {64, 64, 32, -1, false}, {96, 96, 64, 40, false},
};

class AttentionCase {
 public:
  AttentionCase(const AttentionShape& s, std::vector<float> q, std::vector<float> k, std::vector<float> v, std::vector<float> bias)
      : shape_(s), q_(std::move(q)), k_(std::move(k)), v_(std::move(v)), bias_(std::move(bias)) {}

  /// softmax in double precision.
  std::vector<double> exact() const {
    const auto d = static_cast<size_t>(shape_.head_dim);
    const auto keys = static_cast<size_t>(shape_.keys);
    std::vector<double> out(static_cast<size_t>(shape_.queries) * d);
    for (size_t i = 0; i < static_cast<size_t>(shape_.queries); ++i) {
      std::vector<double> p(keys, 0.0);
      double sum = 0;
      for (size_t j = 0; j < keys; ++j) {
        if (shape_.window >= 0 && std::abs(static_cast<int64_t>(i) - static_cast<int64_t>(j)) > shape_.window) continue;
        double s = 0;
        for (size_t c = 0; c < d; ++c) s += static_cast<double>(q_[i * d + c]) * k_[j * d + c];
        p[j] = std::exp(s * kScale + (shape_.bias ? bias_[i * keys + j] : 0.0));
        sum += p[j];
      }
      for (size_t j = 0; j < keys; ++j) {
        for (size_t c = 0; c < d; ++c) out[i * d + c] += p[j] / sum * v_[j * d + c];
      }
    }
    return out;
  }

  void expect_near(const KernelTable& table, NumberType type, double tolerance) const {
    Buffer<uint16_t> q = rounded(table, q_);
    Buffer<uint16_t> k = rounded(table, k_);
    Buffer<uint16_t> v = rounded(table, v_);
    Buffer<char> scratch(table.attention_scratch(shape_.keys, shape_.head_dim));
    std::vector<float> out(static_cast<size_t>(shape_.queries * shape_.head_dim) + 1, 77.0F);
    AttentionHead head;
    head.q = type == NumberType::kBf16 ? static_cast<const void*>(q.data()) : q_.data();
    head.k = type == NumberType::kBf16 ? static_cast<const void*>(k.data()) : k_.data();
    head.v = type == NumberType::kBf16 ? static_cast<const void*>(v.data()) : v_.data();
    head.q_stride = head.kv_stride = head.out_stride = head.head_dim = shape_.head_dim;
    head.num_queries = shape_.queries;
    head.num_keys = shape_.keys;
    head.window = shape_.window;
    head.scale = static_cast<float>(kScale);
    head.bias = shape_.bias ? bias_.data() : nullptr;
    head.bias_stride = shape_.keys;
    head.out = out.data();
    head.scratch = scratch.data();
    type == NumberType::kF32 ? table.attention_f32(head) : table.attention_fast(head);
    const std::vector<double> expected = exact();
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(out[i], expected[i], tolerance) << i;
    EXPECT_EQ(out.back(), 77.0F);
  }

 private:
  static constexpr double kScale = 0.25;
  static Buffer<uint16_t> rounded(const KernelTable& table, const std::vector<float>& x) {
    Buffer<uint16_t> y(static_cast<int64_t>(x.size()) + 32);
    table.to_bf16_rows(x.data(), 0, 1, static_cast<int32_t>(x.size()), y.data(), 0);
    return y;
  }
  AttentionShape shape_;
  std::vector<float> q_, k_, v_, bias_;
};

TEST_P(KernelTest, AttentionIsSoftmaxOfScoresTimesValues) {
  for (const AttentionShape& s : kAttentionShapes) {
    SCOPED_TRACE(testing::Message() << s.queries << " queries, " << s.keys << " keys, head " << s.head_dim);
    const AttentionCase c(s, normals(s.queries * s.head_dim), normals(s.keys * s.head_dim), normals(s.keys * s.head_dim),
                          normals(s.queries * s.keys));
    c.expect_near(table(), NumberType::kF32, 1e-5);
    if (s.head_dim % 2 == 0)
      c.expect_near(table(), table().attention_type, table().attention_type == NumberType::kBf16 ? 0.05 : 1e-5);
  }
}

TEST_P(KernelTest, AttentionOfLargeScoresIsExactToo) {
  // Scores from within what can be bounded up to far outside; halves, so that bf16 holds inputs exactly.
  const AttentionShape shape{30, 30, 32, -1, false};
  const int64_t count = int64_t{shape.queries} * shape.head_dim;
  for (const float size : {1.0F, 2.0F, 4.0F}) {
    SCOPED_TRACE(size);
    std::vector<float> q = normals(count);
    std::vector<float> k = normals(count);
    for (float& x : q) x = std::round(x * 4) / 2 * size;
    for (float& x : k) x = std::round(x * 4) / 2 * size;
    const AttentionCase c(shape, std::move(q), std::move(k), normals(count), {});
    c.expect_near(table(), NumberType::kF32, 1e-3);
    c.expect_near(table(), table().attention_type, table().attention_type == NumberType::kBf16 ? 0.05 : 1e-3);
  }
}

TEST_P(KernelTest, IssuedDotsAreCounted) {
  for (const NumberType type : {NumberType::kF32, NumberType::kBf16, NumberType::kI8}) {
    EXPECT_EQ(table().issue_dots(type, 20), 2 * table().issue_dots(type, 10));
    EXPECT_GT(table().issue_dots(type, 1), 0);
  }
}

}  // namespace
}  // namespace selene::models
