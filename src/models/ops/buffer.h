#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/check.h"
#include "models/kernels/kernel_table.h"

namespace selene::models {

constexpr int64_t round_up(int64_t count, int64_t multiple) { return (count + multiple - 1) / multiple * multiple; }
/// Elements between rows of `cols` columns.
constexpr int64_t row_stride(int64_t cols) { return round_up(cols, kRowStrideMultiple); }

/// Zeroed memory on 64-byte lines that only grows. Movable; one thread at a time.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(int64_t size) { reserve(size); }

  /// At least `size` elements. What was there is lost when it grows.
  T* reserve(int64_t size) {
    if (size <= size_) return data_.get();
    const int64_t bytes = round_up(size * static_cast<int64_t>(sizeof(T)), 64);
    data_.reset(static_cast<T*>(std::aligned_alloc(64, static_cast<size_t>(bytes))));
    CHECK(data_ != nullptr);
    std::memset(static_cast<void*>(data_.get()), 0, static_cast<size_t>(bytes));
    size_ = size;
    return data_.get();
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(T)); }
  T& operator[](int64_t i) { return data_.get()[i]; }
  const T& operator[](int64_t i) const { return data_.get()[i]; }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T, Free> data_;
  int64_t size_ = 0;
};

}  // namespace selene::models
