#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace selene::index {

/// What is counted of an index.
enum class Operation : uint8_t {
  kIndex,
  kDelete,
  kNoopUpdate,
  kGetExists,
  kGetMissing,
  kBulk,  ///< documents written together; one alone is such a batch too
  kQuery,
  kFetch,
  kScroll,       ///< from its first page until it is closed
  kPointInTime,  ///< likewise
  kRefresh,
  kFlush,
  kPeriodicFlush,  ///< those flushes that nobody asked for
  kMerge,
};
inline constexpr size_t kNumOperations = static_cast<size_t>(Operation::kMerge) + 1;

/// Counts of one moment.
struct OperationTotals {
  struct Count {
    int64_t total = 0;
    int64_t failed = 0;
    int64_t current = 0;  ///< running now
    int64_t nanoseconds = 0;
    int64_t millis() const { return nanoseconds / 1'000'000; }
  };
  std::array<Count, kNumOperations> counts;
  int64_t merged_docs = 0;
  int64_t merged_bytes = 0;
  int64_t merging_docs = 0;
  int64_t merging_bytes = 0;
  int64_t bulk_bytes = 0;
  int64_t average_bulk_bytes = 0;        ///< exponentially weighted moving averages
  int64_t average_bulk_nanoseconds = 0;  ///< (alpha 0.1)

  const Count& operator[](Operation operation) const { return counts[static_cast<size_t>(operation)]; }
  /// Averages of several indices are weighted by their batches.
  OperationTotals& operator+=(const OperationTotals& other);
  /// The same without what is running.
  OperationTotals finished() const;
};

/// What was done to one index since the node started, or since the index was opened. Thread-safe and without locks: a reader may
/// see one count of an operation before the other.
class OperationCounters {
 public:
  void add(Operation operation, std::chrono::nanoseconds took, int64_t times = 1);
  void fail(Operation operation, int64_t times = 1);
  void begin(Operation operation, int64_t times = 1);
  void end(Operation operation, int64_t times = 1);
  void begin_merge(int64_t docs, int64_t bytes);
  void end_merge(int64_t docs, int64_t bytes);
  void add_merge(std::chrono::nanoseconds took, int64_t docs, int64_t bytes);
  void add_bulk(std::chrono::nanoseconds took, int64_t bytes);
  OperationTotals totals() const;

 private:
  using Count = std::atomic<int64_t>;
  struct Counts {
    Count total = 0, failed = 0, current = 0, nanoseconds = 0;
  };
  Counts& of(Operation operation) { return counts_[static_cast<size_t>(operation)]; }

  std::array<Counts, kNumOperations> counts_;
  Count merged_docs_ = 0, merged_bytes_ = 0, merging_docs_ = 0, merging_bytes_ = 0, bulk_bytes_ = 0;
  std::atomic<double> average_bulk_bytes_ = 0, average_bulk_nanoseconds_ = 0;
};

/// One operation from here to the end of the scope: current all the while, counted only if it succeeds.
class RunningOperation {
 public:
  RunningOperation(OperationCounters& counters, Operation operation) : counters_(counters), operation_(operation) {
    counters_.begin(operation_);
  }
  ~RunningOperation() { counters_.end(operation_); }
  RunningOperation(const RunningOperation&) = delete;
  RunningOperation& operator=(const RunningOperation&) = delete;

  std::chrono::nanoseconds took() const { return std::chrono::steady_clock::now() - start_; }
  void succeeded() { counters_.add(operation_, took()); }
  void failed() { counters_.fail(operation_); }

 private:
  OperationCounters& counters_;
  const Operation operation_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace selene::index
