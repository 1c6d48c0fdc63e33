#include "models/ops/packed_matrix.h"

#include <cmath>
#include <cstring>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

int32_t group_of(const KernelTable& table, NumberType type) {
  if (type == NumberType::kI8) return table.i8_group;
  return type == NumberType::kBf16 ? 2 : 1;
}

int64_t element_bytes(NumberType type) {
  switch (type) {
    case NumberType::kF32: return 4;
    case NumberType::kF16:
    case NumberType::kBf16: return 2;
    case NumberType::kI8: return 1;
  }
  return 1;
}

/// The largest magnitude; NaN or infinity if any value is not finite.
float largest_magnitude(const float* x, int64_t count) {
  float largest = 0.0F;
  float poison = 0.0F;  // 0 * x is NaN for what is not finite
  for (int64_t i = 0; i < count; ++i) {
    const float magnitude = std::fabs(x[i]);
    largest = magnitude > largest ? magnitude : largest;
    poison += 0.0F * x[i];
  }
  return largest + poison;
}

/// Rounds to nearest even by adding 1.5 * 2^23, which plain SSE2 vectorises. Returns the sum of the quantised values.
int32_t quantize(const float* x, int64_t count, float inverse, int8_t* q) {
  constexpr float kMagic = 12582912.0F;
  int32_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float shifted = x[i] * inverse + kMagic;
    int32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    const auto value = static_cast<int8_t>(bits);  // the low byte of the mantissa
    q[i] = value;
    sum += value;
  }
  return sum;
}

/// Row j of a panel to its places: words of `Word` bytes (a group) at distance `panel` words.
template <class Word>
void scatter(const char* row, int64_t groups, int64_t panel, char* out) {
  for (int64_t g = 0; g < groups; ++g) {
    std::memcpy(out + g * panel * static_cast<int64_t>(sizeof(Word)), row + g * static_cast<int64_t>(sizeof(Word)), sizeof(Word));
  }
}

void scatter_row(const char* row, int64_t groups, int64_t panel, int64_t word_bytes, char* out) {
  switch (word_bytes) {
    case 1: return scatter<uint8_t>(row, groups, panel, out);
    case 2: return scatter<uint16_t>(row, groups, panel, out);
    case 4: return scatter<uint32_t>(row, groups, panel, out);
    default: return scatter<uint64_t>(row, groups, panel, out);
  }
}

}  // namespace

base::Result<NumberType> weight_type(const TensorView& tensor) {
  switch (tensor.dtype) {
    case DType::kF32: return NumberType::kF32;
    case DType::kF16: return NumberType::kF16;
    case DType::kBf16: return NumberType::kBf16;
    default:
      return Error(ErrorCode::kIllegalArgument, "tensor [{}] has dtype [{}]; weights must be one of [F32, F16, BF16]", tensor.name,
                   dtype_name(tensor.dtype));
  }
}

base::Status PackedMatrix::pack_rows(const KernelTable& table, const MatrixPart& part, int64_t at) {
  ASSIGN_OR_RETURN(const NumberType stored, weight_type(*part.tensor));
  const int64_t k_grouped = round_up(k_, group_);
  const int64_t groups = k_grouped / group_;
  const int64_t word_bytes = group_ * element_bytes(type_);
  const int64_t panel_bytes = groups * word_bytes * panel_;
  Buffer<float> values(row_stride(k_grouped));
  Buffer<char> row(row_stride(k_grouped) * 4);
  for (int64_t r = 0; r < part.num_rows; ++r) {
    const std::byte* from = part.tensor->bytes.data() + (part.first_row + r) * k_ * element_bytes(stored);
    table.convert_row(from, stored, values.data(), k_);
    const float limit = largest_magnitude(values.data(), k_);
    if (!std::isfinite(limit)) {
      return Error(ErrorCode::kIllegalArgument, "tensor [{}] holds a weight that is not a finite number, in row [{}]",
                   part.tensor->name, part.first_row + r);
    }
    const int64_t column = at + r;
    if (type_ == NumberType::kI8) {
      const int32_t sum = quantize(values.data(), k_, limit > 0.0F ? 127.0F / limit : 0.0F, reinterpret_cast<int8_t*>(row.data()));
      scales_[column] = limit / 127.0F;
      offsets_[column] = -table.i8_zero * sum;
    } else if (type_ == NumberType::kBf16) {
      table.to_bf16_rows(values.data(), 0, 1, k_, reinterpret_cast<uint16_t*>(row.data()), 0);
    } else {
      std::memcpy(row.data(), values.data(), static_cast<size_t>(k_) * sizeof(float));
    }
    char* out = data_.data() + column / panel_ * panel_bytes + column % panel_ * word_bytes;
    scatter_row(row.data(), groups, panel_, word_bytes, out);
  }
  return {};
}

base::Result<PackedMatrix> PackedMatrix::pack(const KernelTable& table, NumberType type, std::span<const MatrixPart> parts,
                                              int64_t k) {
  PackedMatrix matrix;
  int64_t n = 0;
  for (const MatrixPart& part : parts) n += part.num_rows;
  matrix.n_ = static_cast<int32_t>(n);
  matrix.k_ = static_cast<int32_t>(k);
  matrix.panel_ = table.panel;
  matrix.group_ = group_of(table, type);
  matrix.type_ = type;
  const int64_t n_padded = round_up(n, table.panel);
  matrix.data_.reserve(n_padded * round_up(k, matrix.group_) * element_bytes(type));
  if (type == NumberType::kI8) {
    matrix.scales_.reserve(n_padded);
    matrix.offsets_.reserve(n_padded);
  }
  int64_t at = 0;
  for (const MatrixPart& part : parts) {
    RETURN_IF_ERROR(matrix.pack_rows(table, part, at));
    at += part.num_rows;
  }
  return matrix;
}

}  // namespace selene::models
