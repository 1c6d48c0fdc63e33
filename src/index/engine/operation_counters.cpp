#include "index/engine/operation_counters.h"

namespace selene::index {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

/// How much the newest value counts.
constexpr double kAlpha = 0.1;

void move_average(std::atomic<double>& average, double value) {
  double old = average.load(kRelaxed);
  while (!average.compare_exchange_weak(old, kAlpha * value + (1 - kAlpha) * old, kRelaxed)) {
  }
}

int64_t weighted_mean(int64_t a, int64_t weight_of_a, int64_t b, int64_t weight_of_b) {
  const int64_t weights = weight_of_a + weight_of_b;
  if (weights == 0) return 0;
  const double sum =
      static_cast<double>(a) * static_cast<double>(weight_of_a) + static_cast<double>(b) * static_cast<double>(weight_of_b);
  return static_cast<int64_t>(sum / static_cast<double>(weights));
}

}  // namespace

OperationTotals& OperationTotals::operator+=(const OperationTotals& other) {
  const int64_t bulks = (*this)[Operation::kBulk].total;
  const int64_t others = other[Operation::kBulk].total;
  average_bulk_bytes = weighted_mean(average_bulk_bytes, bulks, other.average_bulk_bytes, others);
  average_bulk_nanoseconds = weighted_mean(average_bulk_nanoseconds, bulks, other.average_bulk_nanoseconds, others);
  for (size_t i = 0; i < kNumOperations; ++i) {
    counts[i].total += other.counts[i].total;
    counts[i].failed += other.counts[i].failed;
    counts[i].current += other.counts[i].current;
    counts[i].nanoseconds += other.counts[i].nanoseconds;
  }
  merged_docs += other.merged_docs;
  merged_bytes += other.merged_bytes;
  merging_docs += other.merging_docs;
  merging_bytes += other.merging_bytes;
  bulk_bytes += other.bulk_bytes;
  return *this;
}

OperationTotals OperationTotals::finished() const {
  OperationTotals totals = *this;
  for (Count& count : totals.counts) count.current = 0;
  totals.merging_docs = totals.merging_bytes = 0;
  return totals;
}

void OperationCounters::add(Operation operation, std::chrono::nanoseconds took, int64_t times) {
  of(operation).total.fetch_add(times, kRelaxed);
  of(operation).nanoseconds.fetch_add(took.count(), kRelaxed);
}

void OperationCounters::fail(Operation operation, int64_t times) { of(operation).failed.fetch_add(times, kRelaxed); }

void OperationCounters::begin(Operation operation, int64_t times) { of(operation).current.fetch_add(times, kRelaxed); }

void OperationCounters::end(Operation operation, int64_t times) { of(operation).current.fetch_sub(times, kRelaxed); }

void OperationCounters::begin_merge(int64_t docs, int64_t bytes) {
  begin(Operation::kMerge);
  merging_docs_.fetch_add(docs, kRelaxed);
  merging_bytes_.fetch_add(bytes, kRelaxed);
}

void OperationCounters::end_merge(int64_t docs, int64_t bytes) {
  end(Operation::kMerge);
  merging_docs_.fetch_sub(docs, kRelaxed);
  merging_bytes_.fetch_sub(bytes, kRelaxed);
}

void OperationCounters::add_merge(std::chrono::nanoseconds took, int64_t docs, int64_t bytes) {
  add(Operation::kMerge, took);
  merged_docs_.fetch_add(docs, kRelaxed);
  merged_bytes_.fetch_add(bytes, kRelaxed);
}

void OperationCounters::add_bulk(std::chrono::nanoseconds took, int64_t bytes) {
  add(Operation::kBulk, took);
  bulk_bytes_.fetch_add(bytes, kRelaxed);
  move_average(average_bulk_bytes_, static_cast<double>(bytes));
  move_average(average_bulk_nanoseconds_, static_cast<double>(took.count()));
}

OperationTotals OperationCounters::totals() const {
  OperationTotals totals;
  for (size_t i = 0; i < kNumOperations; ++i) {
    const Counts& counts = counts_[i];
    totals.counts[i] = {counts.total.load(kRelaxed), counts.failed.load(kRelaxed), counts.current.load(kRelaxed),
                        counts.nanoseconds.load(kRelaxed)};
  }
  totals.merged_docs = merged_docs_.load(kRelaxed);
  totals.merged_bytes = merged_bytes_.load(kRelaxed);
  totals.merging_docs = merging_docs_.load(kRelaxed);
  totals.merging_bytes = merging_bytes_.load(kRelaxed);
  totals.bulk_bytes = bulk_bytes_.load(kRelaxed);
  totals.average_bulk_bytes = static_cast<int64_t>(average_bulk_bytes_.load(kRelaxed));
  totals.average_bulk_nanoseconds = static_cast<int64_t>(average_bulk_nanoseconds_.load(kRelaxed));
  return totals;
}

}  // namespace selene::index
