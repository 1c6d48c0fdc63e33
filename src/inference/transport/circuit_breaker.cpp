#include "inference/transport/circuit_breaker.h"

namespace selene::inference {

bool CircuitBreaker::allows(Time now) {
  const std::lock_guard lock(mutex_);
  if (failures_ < threshold_) return true;
  if (now < open_until_ || trying_) return false;
  trying_ = true;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  trying_ = false;
}

void CircuitBreaker::failed(Time now) {
  const std::lock_guard lock(mutex_);
  ++failures_;
  trying_ = false;
  open_until_ = now + cool_down_;
}

void CircuitBreaker::abandoned() {
  const std::lock_guard lock(mutex_);
  trying_ = false;
}

}  // namespace selene::inference
