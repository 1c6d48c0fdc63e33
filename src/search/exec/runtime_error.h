#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"

namespace selene::search {

/// The first failure of scorers while they run: scores are plain numbers, so it is told here and looked at after the walk.
/// Thread-safe.
class RuntimeError {
 public:
  void note(base::Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  std::optional<base::Error> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(error_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::optional<base::Error> error_;
};

}  // namespace selene::search
