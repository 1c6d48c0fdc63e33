#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selene::base {

/// Only goes up. Thread-safe, lock-free.
class Counter {
 public:
  void add(uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

/// A level that goes up and down. Thread-safe, lock-free.
class Gauge {
 public:
  void set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

/// Counts observations by upper bound. Thread-safe, lock-free; a reader may see an observation in the sum and not yet in a bucket.
class Histogram {
 public:
  /// REQUIRES: `bounds` ascending. A value goes to the first bound it does not exceed; beyond the last, to +Inf.
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  const std::vector<double>& bounds() const { return bounds_; }
  /// One count a bound, and the last for +Inf; not cumulated.
  std::vector<uint64_t> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  std::unique_ptr<std::atomic<uint64_t>[]> counts_;  ///< [bounds_.size() + 1]
  std::atomic<double> sum_{0};
};

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Named figures of a process and their text. Asking again for the same name and labels gives the same figure; references stay
/// valid as long as the registry. Thread-safe; look a figure up once and keep it.
class Metrics {
 public:
  /// `name` per Prometheus' rules (`[a-zA-Z_:][a-zA-Z0-9_:]*`), with its unit: `_seconds`, `_bytes`, `_total`.
  /// REQUIRES: one name, one kind.
  Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  /// `bounds` of the first call for these labels count.
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds, const Labels& labels = {});

  /// Prometheus' text exposition format 0.0.4, families by name, series by labels.
  std::string to_prometheus() const;

 private:
  enum class Kind { kCounter, kGauge, kHistogram };
  struct Series {
    Counter counter;
    Gauge gauge;
    std::unique_ptr<Histogram> histogram;
  };
  struct Family {
    Kind kind;
    std::string help;
    std::map<std::string, std::unique_ptr<Series>> series;  ///< by the labels' text, without braces
  };
  Series& find(std::string_view name, std::string_view help, const Labels& labels, Kind kind);
  static void write_series(std::string& out, const std::string& name, const std::string& labels, Kind kind, const Series& series);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace selene::base
