#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace selene::search {

/// Quantiles of doubles: exact, by interpolation between neighbours, up to kMaxExact values; behind that by a t-digest of
/// `compression`. Source: Dunning & Ertl, "Computing extremely accurate quantiles using t-digests", 2019 (merging digest, scale
/// function k1).
class QuantileDigest {
 public:
  static constexpr size_t kMaxExact = 100000;

  explicit QuantileDigest(double compression) : compression_(compression) {}
  void add(double value);
  int64_t count() const { return count_; }
  /// `q` in [0, 1]. NaN without values.
  double quantile(double q) const;
  /// The share of values below `x`, interpolated between the middles of neighbours. NaN without values.
  double cdf(double x) const;
  /// The median of the distances to the median.
  double median_absolute_deviation() const;

 private:
  struct Centroid {
    double mean = 0;
    double weight = 0;
  };
  void prepare() const;
  void compress() const;

  double compression_;
  int64_t count_ = 0;
  double min_ = 0;
  double max_ = 0;
  mutable std::vector<double> values_;  ///< all of them, or those not in a centroid yet
  mutable bool sorted_ = true;
  mutable std::vector<Centroid> centroids_;  ///< ascending; empty while exact
};

}  // namespace selene::search
