#include "models/layers/linear.h"

#include <cmath>

namespace selene::models {

void rms_norm(const float* x, const float* gamma, float* y, int64_t size, float eps) {
  constexpr int64_t kLanes = 16;
  float squares[kLanes] = {};
  const int64_t whole = size / kLanes * kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) squares[lane] += x[i + lane] * x[i + lane];
  }
  float sum = 0.0F;
  for (const float square : squares) sum += square;
  for (int64_t i = whole; i < size; ++i) sum += x[i] * x[i];
  const float scale = 1.0F / std::sqrt(sum / static_cast<float>(size) + eps);
  for (int64_t i = 0; i < size; ++i) y[i] = x[i] * scale * gamma[i];
}

LinearInput convert_input(const KernelTable& table, NumberType type, const float* x, int32_t rows, int32_t cols,
                          InputScratch& scratch) {
  const int64_t stride = row_stride(cols);
  if (type == NumberType::kI8) {
    const int64_t stride_bytes = stride * table.i8_act_bytes;
    char* q = scratch.rows.reserve(rows * stride_bytes);
    float* scales = scratch.scales.reserve(rows);
    table.quantize_rows(x, stride, rows, cols, q, stride_bytes, scales);
    return {q, stride_bytes, scales};
  }
  if (type == NumberType::kBf16) {
    auto* y = reinterpret_cast<uint16_t*>(scratch.rows.reserve(rows * stride * 2));
    table.to_bf16_rows(x, stride, rows, cols, y, stride);
    return {y, stride * 2, nullptr};
  }
  return {x, stride * static_cast<int64_t>(sizeof(float)), nullptr};
}

void Linear::forward(const KernelTable& table, const LinearInput& x, int32_t rows, const LinearOutput& output) const {
  Gemm gemm;
  gemm.a = x.data;
  gemm.lda = x.stride_bytes;
  gemm.a_scales = x.scales;
  gemm.w = weight.data();
  gemm.w_scales = weight.scales();
  gemm.w_offsets = weight.offsets();
  gemm.bias = bias.data();
  gemm.residual = output.residual;
  gemm.c = output.y;
  gemm.ldr = gemm.ldc = row_stride(weight.n());
  gemm.c_type = output.type;
  gemm.activation = output.activation;
  gemm.rows = rows;
  gemm.k = weight.k();
  gemm.n = weight.n();
  switch (weight.type()) {
    case NumberType::kI8: return table.gemm_i8(gemm);
    case NumberType::kBf16: return table.gemm_bf16(gemm);
    default: return table.gemm_f32(gemm);
  }
}

}  // namespace selene::models
