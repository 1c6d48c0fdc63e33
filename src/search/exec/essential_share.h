#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace selene::search {

/// Decides for one window of a disjunction after the other how many of its terms are added up, and how many are only looked up for
/// the documents that the others leave over: looking a document up costs as much as adding several postings up, and many terms of
/// like weight leave nearly all documents over. Learns from what windows cost, counted in postings, so that the same search takes
/// the same way each time. One thread.
class EssentialShare {
 public:
  static constexpr double kEverything = 0;
  /// A look-up costs so many postings. Measured: make bench-search, make bench-sparse.
  static constexpr double kCostOfLookUp = 10;

  /// `first`: the share to begin with. `postings_per_window`: what adding up everything costs.
  EssentialShare(double first, double postings_per_window) {
    costs_.fill(kUnknown);
    costs_.back() = postings_per_window;
    at_ = static_cast<size_t>(std::find(kShares.begin(), kShares.end(), first) - kShares.begin());
  }

  /// Terms that are only looked up may together give this share of the bar at most; kEverything: all terms are added up.
  double share() const { return kShares[at_]; }
  /// What the window cost that `share()` was for, and goes on to the next one.
  void note(size_t num_postings, size_t num_look_ups) {
    const double cost = static_cast<double>(num_postings) + kCostOfLookUp * static_cast<double>(num_look_ups);
    if (share() != kEverything) costs_[at_] = costs_[at_] == kUnknown ? cost : (costs_[at_] + cost) / 2;
    const auto best = static_cast<size_t>(std::min_element(costs_.begin(), costs_.end()) - costs_.begin());
    at_ = ++num_windows_ % kWindowsPerTrial == 0 ? neighbour_of(best) : best;
  }

 private:
  static constexpr std::array kShares = {1.0, 0.5, 0.25, kEverything};
  static constexpr size_t kWindowsPerTrial = 8;
  static constexpr double kUnknown = 1e300;
  /// A neighbour that cost this many times more is not tried again.
  static constexpr double kHopeless = 3;

  /// Below and above by turns.
  size_t neighbour_of(size_t best) const {
    const bool up = num_windows_ / kWindowsPerTrial % 2 == 0;
    if (up ? best == 0 : best + 1 == kShares.size()) return best;
    const size_t neighbour = up ? best - 1 : best + 1;
    return costs_[neighbour] != kUnknown && costs_[neighbour] > costs_[best] * kHopeless ? best : neighbour;
  }

  std::array<double, kShares.size()> costs_;
  size_t at_ = 0;
  size_t num_windows_ = 0;
};

}  // namespace selene::search
