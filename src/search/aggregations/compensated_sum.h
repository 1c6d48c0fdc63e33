#pragma once

#include <cmath>

namespace selene::search {

/// A sum of doubles that keeps what rounding loses. Source: Kahan, "Further remarks on reducing truncation errors", 1965.
class CompensatedSum {
 public:
  void add(double value) {
    if (!std::isfinite(value) || !std::isfinite(sum_)) {
      sum_ += value;
      return;
    }
    const double corrected = value + lost_;
    const double updated = sum_ + corrected;
    lost_ = corrected - (updated - sum_);
    sum_ = updated;
  }
  double value() const { return sum_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace selene::search
