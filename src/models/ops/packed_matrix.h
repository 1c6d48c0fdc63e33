#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "models/archives/safetensors.h"
#include "models/kernels/kernel_table.h"
#include "models/ops/buffer.h"

namespace selene::models {

/// Rows [first_row, first_row + num_rows) of a stored [out, in] matrix.
struct MatrixPart {
  const TensorView* tensor = nullptr;
  int64_t first_row = 0;
  int64_t num_rows = 0;
};

/// The weights of a linear layer, [n, k] as stored (y = x W^T), repacked for one KernelTable:
///   panels [n / panel][k / group][panel][group], zero-padded; float32 (group 1), bf16 (2) or int8 (the table's group).
/// int8: w = round(W[n,:] * 127 / max|W[n,:]|), one scale an output column; `offsets` undo the activations' i8_zero.
/// Immutable after pack.
class PackedMatrix {
 public:
  /// The rows of all parts one behind the other. REQUIRES: each tensor is F32, F16 or BF16, [rows, k].
  /// Errors: kIllegalArgument naming the tensor if a weight is not finite.
  static base::Result<PackedMatrix> pack(const KernelTable& table, NumberType type, std::span<const MatrixPart> parts, int64_t k);

  int32_t n() const { return n_; }
  int32_t k() const { return k_; }
  NumberType type() const { return type_; }
  const void* data() const { return data_.data(); }
  const float* scales() const { return scales_.data(); }
  const int32_t* offsets() const { return offsets_.data(); }
  int64_t bytes() const { return data_.size() + scales_.bytes() + offsets_.bytes(); }

 private:
  base::Status pack_rows(const KernelTable& table, const MatrixPart& part, int64_t at);

  int32_t n_ = 0;
  int32_t k_ = 0;
  int32_t panel_ = 0;
  int32_t group_ = 1;
  NumberType type_ = NumberType::kF32;
  Buffer<char> data_;
  Buffer<float> scales_;
  Buffer<int32_t> offsets_;
};

/// The stored type of weights as the kernels name it. Errors: kIllegalArgument naming the tensor if it is none of F32, F16, BF16.
base::Result<NumberType> weight_type(const TensorView& tensor);

}  // namespace selene::models
