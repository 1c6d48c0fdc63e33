#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "search/exec/bulk_term.h"

namespace selene::search {

/// Scores of the documents of a window of so many, added up in double. One thread.
template <DocId kWindow>
class WindowSums {
 public:
  /// Adds each score less `less`. REQUIRES: all documents in [begin, begin + kWindow).
  void add(DocId begin, const BulkTerm::Scored& part, double less) {
    for (size_t i = 0; i < part.docs.size(); ++i) {
      const auto at = static_cast<uint32_t>(part.docs[i] - begin);
      scores_[at] += static_cast<double>(part.scores[i]) - less;
      hits_[at / 64] |= uint64_t{1} << (at % 64);
    }
  }
  /// visit(doc, sum) for all that was added up, ascending, and clears it.
  template <class Visit>
  void take(DocId begin, Visit&& visit) {
    for (size_t word = 0; word < hits_.size(); ++word) {
      for (uint64_t bits = std::exchange(hits_[word], 0); bits != 0; bits &= bits - 1) {
        const size_t at = word * 64 + static_cast<size_t>(std::countr_zero(bits));
        visit(begin + static_cast<DocId>(at), std::exchange(scores_[at], 0));
      }
    }
  }

 private:
  std::array<double, kWindow> scores_{};
  std::array<uint64_t, kWindow / 64> hits_{};
};

}  // namespace selene::search
