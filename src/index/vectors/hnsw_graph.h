#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/vectors/graph_walk.h"
#include "index/vectors/ordinal_set.h"
#include "index/vectors/vector_comparer.h"

namespace selene::index {

/// A hierarchical small-world graph over the vectors of a segment. Layout: docs/formats/vectors.md. Immutable, thread-safe; the
/// bytes belong to the segment.
class HnswGraph {
 public:
  /// Errors: kCorruptIndex. What a damaged list holds beyond its bounds is never followed.
  static base::Result<HnswGraph> open(std::string_view section, uint32_t size);

  uint32_t size() const { return size_; }
  int32_t m() const { return m_; }
  uint32_t entry() const { return entry_; }
  int32_t top_level() const { return static_cast<int32_t>(upper_.size()); }
  /// Level 0 holds all vectors. Empty for one that is not on the level.
  std::span<const uint32_t> links(int32_t level, uint32_t ordinal) const;
  /// The vectors of a level above 0, ascending.
  std::span<const uint32_t> nodes(int32_t level) const { return upper_[static_cast<size_t>(level) - 1].nodes; }

  struct Found {
    uint32_t ordinal;
    float nearness;  ///< as the comparer gives it
  };
  /// About the `ef` nearest of `accept` (null: of all), in any order. Gives up with nothing once more vectors were compared than
  /// `accept` holds, or fewer than `ef` were found although there are more: comparing all of them is better then.
  std::vector<Found> search(const VectorComparer& comparer, size_t ef, const OrdinalSet* accept) const;

 private:
  struct Level {
    std::span<const uint32_t> nodes;
    const uint32_t* lists = nullptr;  ///< [nodes, 1 + m]
  };
  /// The nearest of the levels above 0, or near it.
  Near descend(const VectorComparer& comparer, WalkSpace& space, std::vector<Near>& best) const;
  /// Appends the links of `ordinal` on level 0 not met yet, and in place of refused ones, where most are, the accepted ones behind.
  void gather_accepted(uint32_t ordinal, const OrdinalSet& accept, Visited& visited, std::vector<uint32_t>& batch) const;
  std::span<const uint32_t> bounded(const uint32_t* list, int32_t most) const {
    return {list + 1, std::min(list[0], static_cast<uint32_t>(most))};
  }

  uint32_t size_ = 0;
  int32_t m_ = 16;
  uint32_t entry_ = 0;
  const uint32_t* base_ = nullptr;  ///< [size, 1 + 2 * m]
  std::vector<Level> upper_;        ///< from level 1
};

}  // namespace selene::index
