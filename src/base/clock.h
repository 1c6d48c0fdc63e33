#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace selene::base {

/// Milliseconds since 1970-01-01T00:00:00Z, as documents and settings store them.
inline int64_t wall_clock_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// Time as a part that waits or stamps should see it, so that tests can own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Since 1970-01-01T00:00:00Z; may jump.
  virtual int64_t wall_ms() const = 0;
  /// Never runs backwards; its zero is arbitrary.
  virtual std::chrono::nanoseconds monotonic() const = 0;
};

/// The machine's clocks; lives as long as the process.
inline const Clock& system_clock() {
  class SystemClock final : public Clock {
   public:
    int64_t wall_ms() const override { return wall_clock_ms(); }
    std::chrono::nanoseconds monotonic() const override { return std::chrono::steady_clock::now().time_since_epoch(); }
  };
  static const SystemClock clock;
  return clock;
}

/// Stands still until a test moves it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ms = 0) : start_ms_(wall_ms) {}
  int64_t wall_ms() const override {
    return start_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(monotonic()).count();
  }
  std::chrono::nanoseconds monotonic() const override { return std::chrono::nanoseconds(passed_.load()); }
  void advance(std::chrono::nanoseconds by) { passed_ += by.count(); }

 private:
  const int64_t start_ms_;
  std::atomic<int64_t> passed_{0};
};

}  // namespace selene::base
