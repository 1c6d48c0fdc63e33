#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace selene::base {

class MemoryBudget;

/// Bytes taken from a budget, given back by the destructor. Movable. One thread. The budget must outlive it.
class MemoryShare {
 public:
  MemoryShare() = default;
  MemoryShare(MemoryShare&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  MemoryShare& operator=(MemoryShare&& other) noexcept;
  ~MemoryShare() { release(); }

  size_t bytes() const { return bytes_; }
  /// Takes what is missing to `bytes`; gives nothing back if it holds more. Errors: kCircuitBreaking; the share stays as it was.
  /// REQUIRES: made by MemoryBudget::take.
  Status grow_to(size_t bytes, std::string_view label);
  /// Gives all back.
  void release();

 private:
  friend class MemoryBudget;
  MemoryShare(MemoryBudget* budget, size_t bytes) : budget_(budget), bytes_(bytes) {}

  MemoryBudget* budget_ = nullptr;
  size_t bytes_ = 0;
};

/// A bound on the bytes that one kind of work may hold at a time. Thread-safe, lock-free.
class MemoryBudget {
 public:
  /// `name` stands in the errors: "parent", "in_flight_requests".
  MemoryBudget(std::string name, size_t limit_bytes) : name_(std::move(name)), limit_(limit_bytes) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  /// Errors: kCircuitBreaking `[name] Data too large, data for [label] would be [n/1.2mb], which is larger than the limit of
  /// [m/1mb]`, with the metadata `bytes_wanted` and `bytes_limit`.
  Result<MemoryShare> take(size_t bytes, std::string_view label);
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }

 private:
  friend class MemoryShare;
  Status add(size_t bytes, std::string_view label);
  void subtract(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  const std::string name_;
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

/// `1b`, `1.5kb`, `100mb`: powers of 1024, one decimal cut off, as Elasticsearch prints sizes.
std::string format_bytes(size_t bytes);

}  // namespace selene::base
