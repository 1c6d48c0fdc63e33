#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "base/result.h"

namespace selene::base {

/// Why work should stop: its client went away, or its deadline passed. Copies share one flag. Thread-safe.
/// Checked per block of documents and per batch, never per document.
class Cancellation {
 public:
  using Clock = std::chrono::steady_clock;

  /// Never cancelled by itself, no deadline.
  Cancellation() : cancelled_(std::make_shared<std::atomic<bool>>(false)) {}

  /// The same flag with the earlier of this deadline and `deadline`.
  Cancellation with_deadline(Clock::time_point deadline) const {
    Cancellation copy = *this;
    copy.deadline_ = deadline < deadline_ ? deadline : deadline_;
    return copy;
  }

  void cancel() const { cancelled_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_->load(std::memory_order_relaxed); }
  bool deadline_passed() const { return deadline_ != Clock::time_point::max() && Clock::now() >= deadline_; }
  bool should_stop() const { return cancelled() || deadline_passed(); }
  Clock::time_point deadline() const { return deadline_; }

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace selene::base
