#include "base/memory_budget.h"

#include <array>

namespace selene::base {

MemoryShare& MemoryShare::operator=(MemoryShare&& other) noexcept {
  if (this != &other) {
    release();
    budget_ = std::exchange(other.budget_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

Status MemoryShare::grow_to(size_t bytes, std::string_view label) {
  CHECK(budget_ != nullptr);
  if (bytes <= bytes_) return {};
  RETURN_IF_ERROR(budget_->add(bytes - bytes_, label));
  bytes_ = bytes;
  return {};
}

void MemoryShare::release() {
  if (budget_ != nullptr) budget_->subtract(std::exchange(bytes_, 0));
}

Result<MemoryShare> MemoryBudget::take(size_t bytes, std::string_view label) {
  RETURN_IF_ERROR(add(bytes, label));
  return MemoryShare(this, bytes);
}

Status MemoryBudget::add(size_t bytes, std::string_view label) {
  size_t used = used_.load(std::memory_order_relaxed);
  while (bytes <= limit_ && used <= limit_ - bytes) {
    if (used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed)) return {};
  }
  const size_t wanted = used + bytes < used ? SIZE_MAX : used + bytes;
  return Error(ErrorCode::kCircuitBreaking,
               "[{}] Data too large, data for [{}] would be [{}/{}], which is larger than the limit of [{}/{}]", name_, label,
               wanted, format_bytes(wanted), limit_, format_bytes(limit_))
      .with_number("bytes_wanted", static_cast<int64_t>(wanted))
      .with_number("bytes_limit", static_cast<int64_t>(limit_));
}

std::string format_bytes(size_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"pb", "tb", "gb", "mb", "kb"};
  size_t unit = size_t{1} << 50;
  for (const std::string_view name : kUnits) {
    if (bytes >= unit) {
      const size_t tenths = bytes % unit * 10 / unit;
      return tenths == 0 ? base::format("{}{}", bytes / unit, name) : base::format("{}.{}{}", bytes / unit, tenths, name);
    }
    unit /= 1024;
  }
  return base::format("{}b", bytes);
}

}  // namespace selene::base
