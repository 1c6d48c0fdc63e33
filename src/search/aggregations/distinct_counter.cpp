#include "search/aggregations/distinct_counter.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace selene::search {
namespace {

/// Ertl 2017, algorithm 6: the two series of the estimator.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; before != z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; before != z;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

uint64_t mix_bits(uint64_t value) {
  value ^= value >> 30;
  value *= 0xBF58476D1CE4E5B9ULL;
  value ^= value >> 27;
  value *= 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

uint64_t hash_text(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a, then mixed
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3ULL;
  return mix_bits(hash);
}

int32_t DistinctCounter::precision_of(int64_t precision_threshold) {
  const int64_t cells = precision_threshold * 4 / 3;  // a quarter stays free, as in a hash table
  int32_t precision = 4;
  while (precision < 18 && (int64_t{1} << precision) < cells * 4) ++precision;
  return precision;
}

DistinctCounter::DistinctCounter(int64_t precision_threshold)
    : threshold_(static_cast<size_t>(precision_threshold)), precision_(precision_of(precision_threshold)) {}

void DistinctCounter::register_hash(uint64_t hash) {
  const uint64_t cell = hash >> (64 - precision_);
  const uint64_t rest = (hash << precision_) | (uint64_t{1} << (precision_ - 1));
  const auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
  registers_[cell] = std::max(registers_[cell], rank);
}

void DistinctCounter::add(uint64_t hash) {
  if (!registers_.empty()) {
    register_hash(hash);
    return;
  }
  exact_.insert(hash);
  if (exact_.size() <= threshold_) return;
  registers_.assign(size_t{1} << precision_, 0);
  for (const uint64_t known : exact_) register_hash(known);
  exact_ = {};
}

int64_t DistinctCounter::count() const {
  if (registers_.empty()) return static_cast<int64_t>(exact_.size());
  const int32_t q = 64 - precision_;
  std::vector<int64_t> multiplicity(static_cast<size_t>(q) + 2, 0);
  for (const uint8_t value : registers_) ++multiplicity[value];
  const auto m = static_cast<double>(registers_.size());
  double z = m * tau(1 - static_cast<double>(multiplicity[static_cast<size_t>(q) + 1]) / m);
  for (int32_t k = q; k >= 1; --k) z = 0.5 * (z + static_cast<double>(multiplicity[static_cast<size_t>(k)]));
  z += m * sigma(static_cast<double>(multiplicity[0]) / m);
  return std::llround(m * m / (2 * std::log(2.0) * z));
}

}  // namespace selene::search
