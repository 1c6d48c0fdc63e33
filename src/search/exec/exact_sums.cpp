#include "search/exec/exact_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace selene::search {

bool sums_are_exact(const std::vector<std::unique_ptr<BulkTerm>>& terms) {
  double sum = 0;
  int smallest = std::numeric_limits<int>::max();
  for (const auto& term : terms) {
    if (!(term->score_limit() >= 0) || !std::isfinite(term->score_limit())) return false;
    if (term->score_limit() == 0) continue;
    sum += static_cast<double>(term->score_limit());
    smallest = std::min(smallest, term->score_exponent());
  }
  return sum == 0 || std::ilogb(sum) + 1 - smallest < 53;
}

double smallest_sum(float bar) {
  if (bar <= 0) return 0;
  const float below = std::nextafter(bar, 0.0F);
  return (static_cast<double>(below) + static_cast<double>(bar)) / 2 * (1 - 1e-12);
}

}  // namespace selene::search
