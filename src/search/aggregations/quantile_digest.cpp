#include "search/aggregations/quantile_digest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "search/aggregations/double_limits.h"

namespace selene::search {
namespace {

/// How many of the sorted values lie below `x`, which is none below the first or above the last: each value stands for the way to
/// the middles between it and its neighbours; of those equal to the first or the last, half.
double exact_rank(const std::vector<double>& values, double x) {
  const auto n = static_cast<double>(values.size());
  const auto equal =
      static_cast<double>(std::upper_bound(values.begin(), values.end(), x) - std::lower_bound(values.begin(), values.end(), x));
  if (x == values.front()) return equal / 2;
  if (x == values.back()) return n - equal / 2;
  size_t low = 0;
  size_t high = values.size() - 1;
  while (low < high) {  // the first value whose middle to the next one lies above x, or the last value
    const size_t i = low + (high - low) / 2;
    if (x < values[i] + (values[i + 1] - values[i]) / 2) {
      high = i;
    } else {
      low = i + 1;
    }
  }
  const double before = low == 0 ? (values[1] - values[0]) / 2 : (values[low] - values[low - 1]) / 2;
  const double behind = low + 1 == values.size() ? before : (values[low + 1] - values[low]) / 2;
  return static_cast<double>(low) + (x - (values[low] - before)) / (before + behind);
}

double interpolated(double low, double high, double part) { return low + part * (high - low); }

}  // namespace

void QuantileDigest::add(double value) {
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  ++count_;
  values_.push_back(value);
  sorted_ = false;
  if (values_.size() > kMaxExact) compress();
}

/// Sorts what is exact; a digest takes in what waits.
void QuantileDigest::prepare() const {
  if (!centroids_.empty()) {
    if (!values_.empty()) compress();
    return;
  }
  if (!sorted_) std::sort(values_.begin(), values_.end());
  sorted_ = true;
}

void QuantileDigest::compress() const {
  std::vector<Centroid> all = std::move(centroids_);
  for (const double value : values_) all.push_back({value, 1});
  values_.clear();
  std::sort(all.begin(), all.end(), [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  double total = 0;
  for (const Centroid& c : all) total += c.weight;
  const auto k = [&](double q) { return compression_ / (2 * std::numbers::pi) * std::asin(2 * q - 1); };
  std::vector<Centroid> merged;
  double before = 0;  // weight of all finished centroids
  for (const Centroid& c : all) {
    if (!merged.empty()) {
      Centroid& last = merged.back();
      const double weight = last.weight + c.weight;
      if (k(std::min(1.0, (before + weight) / total)) - k(before / total) <= 1) {
        last.mean += (c.mean - last.mean) * c.weight / weight;
        last.weight = weight;
        continue;
      }
      before += last.weight;
    }
    merged.push_back(c);
  }
  centroids_ = std::move(merged);
}

double QuantileDigest::quantile(double q) const {
  if (count_ == 0) return kNaN;
  prepare();
  if (centroids_.empty()) {
    const double at = q * static_cast<double>(values_.size() - 1);
    const auto low = static_cast<size_t>(at);
    if (low + 1 >= values_.size()) return values_.back();
    return interpolated(values_[low], values_[low + 1], at - static_cast<double>(low));
  }
  const double wanted = q * static_cast<double>(count_);
  double middle_before = 0;
  double mean_before = min_;
  double passed = 0;
  for (const Centroid& c : centroids_) {
    const double middle = passed + c.weight / 2;
    if (wanted < middle) return interpolated(mean_before, c.mean, (wanted - middle_before) / (middle - middle_before));
    passed += c.weight;
    middle_before = middle;
    mean_before = c.mean;
  }
  const auto total = static_cast<double>(count_);
  return total > middle_before ? interpolated(mean_before, max_, (wanted - middle_before) / (total - middle_before)) : max_;
}

double QuantileDigest::cdf(double x) const {
  if (count_ == 0) return kNaN;
  if (x < min_) return 0;
  if (x > max_) return 1;
  prepare();
  const auto total = static_cast<double>(count_);
  if (centroids_.empty()) return exact_rank(values_, x) / total;
  double passed = 0;
  double mean_before = min_;
  double middle_before = 0;
  for (const Centroid& c : centroids_) {
    const double middle = passed + c.weight / 2;
    if (x < c.mean) return interpolated(middle_before, middle, (x - mean_before) / (c.mean - mean_before)) / total;
    passed += c.weight;
    mean_before = c.mean;
    middle_before = middle;
  }
  return max_ > mean_before ? interpolated(middle_before, total, (x - mean_before) / (max_ - mean_before)) / total : 1;
}

double QuantileDigest::median_absolute_deviation() const {
  if (count_ == 0) return kNaN;
  const double median = quantile(0.5);
  if (centroids_.empty()) {
    QuantileDigest distances(compression_);
    for (const double value : values_) distances.add(std::abs(value - median));
    return distances.quantile(0.5);
  }
  std::vector<Centroid> distances;
  for (const Centroid& c : centroids_) distances.push_back({std::abs(c.mean - median), c.weight});
  std::sort(distances.begin(), distances.end(), [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  double passed = 0;
  for (const Centroid& c : distances) {
    passed += c.weight;
    if (passed >= static_cast<double>(count_) / 2) return c.mean;
  }
  return distances.back().mean;
}

}  // namespace selene::search
