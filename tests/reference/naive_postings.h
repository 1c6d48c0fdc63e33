#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace selene::reference {

/// The slow obvious inverted index: every list in full, every question answered by a walk.
struct NaivePosting {
  int32_t doc = 0;
  std::vector<uint32_t> positions;
  int32_t freq() const { return static_cast<int32_t>(positions.size()); }
};
using NaiveList = std::vector<NaivePosting>;
using NaiveTerms = std::map<std::string, NaiveList>;

inline int64_t total_term_freq(const NaiveList& list) {
  int64_t total = 0;
  for (const NaivePosting& posting : list) total += posting.freq();
  return total;
}

/// The first posting with doc >= target; null at the end.
inline const NaivePosting* first_from(const NaiveList& list, int32_t target) {
  for (const NaivePosting& posting : list) {
    if (posting.doc >= target) return &posting;
  }
  return nullptr;
}

}  // namespace selene::reference
