#include "models/tokenizers/merge_joiner.h"

#include <algorithm>
#include <array>

namespace selene::models {
namespace {

constexpr size_t kMaxShortWord = 32;
constexpr uint32_t kNoMerge = UINT32_MAX;

}  // namespace

void MergeJoiner::join(const MergeTable& merges, std::vector<Symbol>& symbols) {
  if (symbols.size() <= kMaxShortWord) return join_short(merges, symbols);
  nodes_.clear();
  for (size_t i = 0; i < symbols.size(); ++i) {
    const int32_t next = i + 1 < symbols.size() ? static_cast<int32_t>(i) + 1 : -1;
    nodes_.push_back({symbols[i], static_cast<int32_t>(i) - 1, next});
  }
  join_long(merges);
  symbols.clear();
  for (int32_t i = 0; i >= 0; i = nodes_[static_cast<size_t>(i)].next) symbols.push_back(nodes_[static_cast<size_t>(i)].symbol);
}

/// The best pair is looked for in a plain array each time, which costs less than keeping a heap.
void MergeJoiner::join_short(const MergeTable& merges, std::vector<Symbol>& symbols) {
  std::array<Merge, kMaxShortWord> found;  // of each symbol with the next one
  size_t num_symbols = symbols.size();
  const auto look_up = [&](size_t i) {
    const Merge* merge = merges.find(symbols[i].id, symbols[i + 1].id);
    found[i] = merge == nullptr ? Merge{kNoMerge, -1} : *merge;
  };
  for (size_t i = 0; i + 1 < num_symbols; ++i) look_up(i);
  while (num_symbols > 1) {
    const size_t num_pairs = num_symbols - 1;
    size_t best = 0;
    for (size_t i = 1; i < num_pairs; ++i) best = found[i].rank < found[best].rank ? i : best;
    if (found[best].rank == kNoMerge) break;
    symbols[best].id = found[best].id;
    symbols[best].size += symbols[best + 1].size;
    for (size_t i = best + 1; i < num_pairs; ++i) {
      symbols[i] = symbols[i + 1];
      found[i - 1] = found[i];
    }
    --num_symbols;
    if (best > 0) look_up(best - 1);
    if (best + 1 < num_symbols) look_up(best);
  }
  symbols.resize(num_symbols);
}

void MergeJoiner::offer(const MergeTable& merges, int32_t left) {
  if (left < 0) return;
  const Node& node = nodes_[static_cast<size_t>(left)];
  if (node.next < 0) return;
  const Merge* merge = merges.find(node.symbol.id, nodes_[static_cast<size_t>(node.next)].symbol.id);
  if (merge == nullptr) return;
  heap_.push_back({merge->rank, left, merge->id});
  std::push_heap(heap_.begin(), heap_.end());
}

void MergeJoiner::join_long(const MergeTable& merges) {
  heap_.clear();
  for (size_t i = 0; i + 1 < nodes_.size(); ++i) offer(merges, static_cast<int32_t>(i));
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end());
    const Candidate best = heap_.back();
    heap_.pop_back();
    Node& left = nodes_[static_cast<size_t>(best.position)];
    if (left.symbol.size == 0 || left.next < 0) continue;
    Node& right = nodes_[static_cast<size_t>(left.next)];
    // The pair may have changed since it was offered.
    const Merge* merge = merges.find(left.symbol.id, right.symbol.id);
    if (merge == nullptr || merge->id != best.id) continue;
    left.symbol.id = best.id;
    left.symbol.size += right.symbol.size;
    right.symbol.size = 0;
    left.next = right.next;
    if (left.next >= 0) nodes_[static_cast<size_t>(left.next)].previous = best.position;
    offer(merges, left.previous);
    offer(merges, best.position);
  }
}

}  // namespace selene::models
