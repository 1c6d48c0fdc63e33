#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace selene::index {

/// A vector on a walk.
struct Near {
  float nearness;
  uint32_t ordinal;
};
/// The order of heaps whose top is the nearest; of equal ones the smaller ordinal is nearer.
inline bool farther(const Near& a, const Near& b) {
  return a.nearness != b.nearness ? a.nearness < b.nearness : a.ordinal > b.ordinal;
}
/// The order of heaps whose top is the farthest.
inline bool closer(const Near& a, const Near& b) { return farther(b, a); }

/// Which vectors a walk has met. Reused from walk to walk. One thread.
class Visited {
 public:
  void start(size_t size) {
    if (marks_.size() < size) marks_.resize(size, 0);
    if (++mark_ != 0) return;
    std::fill(marks_.begin(), marks_.end(), uint16_t{0});
    mark_ = 1;
  }
  /// True the first time.
  bool add(uint32_t ordinal) {
    if (marks_[ordinal] == mark_) return false;
    marks_[ordinal] = mark_;
    return true;
  }

 private:
  std::vector<uint16_t> marks_;
  uint16_t mark_ = 0;
};

/// Room for one walk at a time.
struct WalkSpace {
  Visited visited;
  std::vector<Near> frontier;
  std::vector<uint32_t> batch;
  std::vector<float> nearness;
};

/// Follows a graph from `best` (its entry points, compared and marked) to the `ef` nearest, kept in `best` as a heap with the
/// farthest on top. `gather(ordinal, batch)` appends those to be compared after `ordinal`, marking them; `compare(batch, nearness)`
/// compares them; of those that `keeps` refuses none comes to `best`, but all are followed. Gives how many were compared. Source:
/// Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs", 2016, algorithm 2.
template <class Gather, class Compare, class Keeps>
size_t walk_graph(size_t ef, WalkSpace& space, std::vector<Near>& best, Gather gather, Compare compare, Keeps keeps) {
  std::vector<Near>& frontier = space.frontier;
  frontier.assign(best.begin(), best.end());
  std::make_heap(frontier.begin(), frontier.end(), farther);
  std::erase_if(best, [&](const Near& near) { return !keeps(near.ordinal); });
  std::make_heap(best.begin(), best.end(), closer);
  size_t compared = 0;
  while (!frontier.empty()) {
    const Near next = frontier.front();
    if (best.size() >= ef && farther(next, best.front())) break;
    std::pop_heap(frontier.begin(), frontier.end(), farther);
    frontier.pop_back();
    space.batch.clear();
    gather(next.ordinal, space.batch);
    compared += space.batch.size();
    space.nearness.resize(space.batch.size());
    compare(std::span<const uint32_t>(space.batch), space.nearness.data());
    for (size_t i = 0; i < space.batch.size(); ++i) {
      const Near near{space.nearness[i], space.batch[i]};
      if (best.size() >= ef && !closer(near, best.front())) continue;
      frontier.push_back(near);
      std::push_heap(frontier.begin(), frontier.end(), farther);
      if (!keeps(near.ordinal)) continue;
      best.push_back(near);
      std::push_heap(best.begin(), best.end(), closer);
      if (best.size() <= ef) continue;
      std::pop_heap(best.begin(), best.end(), closer);
      best.pop_back();
    }
  }
  return compared;
}

}  // namespace selene::index
