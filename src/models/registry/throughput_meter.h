#pragma once

#include <algorithm>
#include <cstdint>

namespace selene::models {

/// Counts things by minute of the wall clock, which is passed in. One thread at a time.
class ThroughputMeter {
 public:
  void add(int64_t now_ms, int64_t count) {
    roll(now_ms);
    current_ += count;
    peak_ = std::max(peak_, current_);
  }
  /// Of the last whole minute.
  int64_t last_minute(int64_t now_ms) {
    roll(now_ms);
    return last_;
  }
  /// The most of any minute, the running one included.
  int64_t peak() const { return peak_; }

 private:
  void roll(int64_t now_ms) {
    const int64_t minute = now_ms / 60000;
    if (minute == minute_) return;
    last_ = minute == minute_ + 1 ? current_ : 0;
    current_ = 0;
    minute_ = minute;
  }

  int64_t minute_ = 0;
  int64_t current_ = 0;
  int64_t last_ = 0;
  int64_t peak_ = 0;
};

}  // namespace selene::models
