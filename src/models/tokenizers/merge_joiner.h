#pragma once

#include <cstdint>
#include <vector>

#include "models/tokenizers/merge_table.h"

namespace selene::models {

/// Joins the symbols of one text, the pair of the lowest rank first, leftmost among equals. Right for any merges; TokenSearch is
/// quicker for those it understands. Scratch memory of one thread; O(n log n) for n symbols.
/// Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016.
class MergeJoiner {
 public:
  struct Symbol {
    int32_t id;
    uint32_t size;  ///< bytes of the text
  };

  /// Replaces the symbols by what they are joined to.
  void join(const MergeTable& merges, std::vector<Symbol>& symbols);

 private:
  struct Node {
    Symbol symbol;  // size 0: joined to the one before
    int32_t previous;
    int32_t next;
  };
  struct Candidate {
    uint32_t rank;
    int32_t position;
    int32_t id;
    /// Heaps keep the greatest in front.
    friend bool operator<(const Candidate& a, const Candidate& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.position > b.position;
    }
  };

  static void join_short(const MergeTable& merges, std::vector<Symbol>& symbols);
  void join_long(const MergeTable& merges);
  void offer(const MergeTable& merges, int32_t left);

  std::vector<Node> nodes_;
  std::vector<Candidate> heap_;
};

}  // namespace selene::models
