#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"
#include "models/ops/buffer.h"

namespace selene::models {

/// Rows looked up by id, kept in the file's number type and memory where it is mapped. Immutable, thread-safe.
struct EmbeddingTable {
  const std::byte* data = nullptr;  ///< [num_rows, cols]; belongs to the model's TensorMap
  NumberType type = NumberType::kF32;
  int64_t num_rows = 0;
  int64_t cols = 0;

  bool empty() const { return data == nullptr; }
  const void* row(int64_t id) const { return data + id * cols * (type == NumberType::kF32 ? 4 : 2); }
  void copy_row(const KernelTable& table, int64_t id, float* y) const {
    table.convert_row(row(id), type, y, static_cast<int32_t>(cols));
  }
  void add_row(const KernelTable& table, int64_t id, float* y) const {
    table.add_row(row(id), type, y, static_cast<int32_t>(cols));
  }
  int64_t bytes() const { return num_rows * cols * (type == NumberType::kF32 ? 4 : 2); }
};

}  // namespace selene::models
