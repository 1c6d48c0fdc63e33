#include "index/vectors/hnsw_graph.h"

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

constexpr size_t kHeaderBytes = 64;
constexpr uint32_t kMaxLevels = 64;
/// From this share of accepted vectors on refused ones are compared too, as steps on the way. Below it they are jumped over: the
/// accepted ones behind them are compared in their place (Patel et al., "ACORN", SIGMOD 2024, their ACORN-1).
constexpr double kJumpBelow = 0.6;

base::Error corrupt() { return base::Error(base::ErrorCode::kCorruptIndex, "damaged vector graph"); }

const uint32_t* words(std::string_view bytes) { return reinterpret_cast<const uint32_t*>(bytes.data()); }

}  // namespace

base::Result<HnswGraph> HnswGraph::open(std::string_view section, uint32_t size) {
  ByteReader in(section);
  HnswGraph graph;
  graph.size_ = in.fixed<uint32_t>();
  graph.m_ = in.fixed<int32_t>();
  graph.entry_ = in.fixed<uint32_t>();
  const auto num_upper = in.fixed<uint32_t>();
  in.raw(kHeaderBytes - 16);
  if (!in.ok() || graph.size_ != size || graph.m_ < 1 || graph.m_ > 1024 || graph.entry_ >= size || num_upper > kMaxLevels)
    return corrupt();
  graph.base_ = words(in.raw(size_t{size} * (1 + 2 * static_cast<size_t>(graph.m_)) * sizeof(uint32_t)));
  for (uint32_t level = 0; level < num_upper && in.ok(); ++level) {
    const auto num_nodes = in.fixed<uint32_t>();
    const std::string_view nodes = in.raw(size_t{num_nodes} * sizeof(uint32_t));
    const std::string_view lists = in.raw(size_t{num_nodes} * (1 + static_cast<size_t>(graph.m_)) * sizeof(uint32_t));
    graph.upper_.push_back({{words(nodes), nodes.size() / sizeof(uint32_t)}, words(lists)});
  }
  if (!in.ok() || !in.done()) return corrupt();
  return graph;
}

std::span<const uint32_t> HnswGraph::links(int32_t level, uint32_t ordinal) const {
  if (level == 0) return bounded(base_ + ordinal * (1 + 2 * static_cast<size_t>(m_)), 2 * m_);
  const Level& found = upper_[static_cast<size_t>(level) - 1];
  const auto at = std::lower_bound(found.nodes.begin(), found.nodes.end(), ordinal);
  if (at == found.nodes.end() || *at != ordinal) return {};
  return bounded(found.lists + static_cast<size_t>(at - found.nodes.begin()) * (1 + static_cast<size_t>(m_)), m_);
}

Near HnswGraph::descend(const VectorComparer& comparer, WalkSpace& space, std::vector<Near>& best) const {
  Near at{0, entry_};
  comparer.compare({&at.ordinal, 1}, &at.nearness);
  for (int32_t level = top_level(); level >= 1; --level) {
    space.visited.start(size_);
    space.visited.add(at.ordinal);
    best.assign(1, at);
    walk_graph(
        1, space, best,
        [&](uint32_t ordinal, std::vector<uint32_t>& batch) {
          for (const uint32_t link : links(level, ordinal)) {
            if (link < size_ && space.visited.add(link)) batch.push_back(link);
          }
        },
        [&](std::span<const uint32_t> ordinals, float* nearness) { comparer.compare(ordinals, nearness); },
        [](uint32_t) { return true; });
    at = best.front();
  }
  return at;
}

void HnswGraph::gather_accepted(uint32_t ordinal, const OrdinalSet& accept, Visited& visited, std::vector<uint32_t>& batch) const {
  const bool jump = accept.count() < kJumpBelow * size_;
  for (const uint32_t link : links(0, ordinal)) {
    if (link >= size_ || !visited.add(link)) continue;
    if (!jump || accept.has(link)) {
      batch.push_back(link);
      continue;
    }
    for (const uint32_t behind : links(0, link)) {
      if (behind < size_ && accept.has(behind) && visited.add(behind)) batch.push_back(behind);
    }
  }
}

std::vector<HnswGraph::Found> HnswGraph::search(const VectorComparer& comparer, size_t ef, const OrdinalSet* accept) const {
  thread_local WalkSpace space;
  thread_local std::vector<Near> best;
  const Near at = descend(comparer, space, best);
  space.visited.start(size_);
  space.visited.add(at.ordinal);
  best.assign(1, at);
  const auto compare = [&](std::span<const uint32_t> ordinals, float* nearness) { comparer.compare(ordinals, nearness); };
  const size_t most = accept == nullptr ? size_ : accept->count();
  size_t compared = 0;
  const auto gather = [&](uint32_t ordinal, std::vector<uint32_t>& batch) {
    if (compared > most) return;
    if (accept != nullptr) {
      gather_accepted(ordinal, *accept, space.visited, batch);
    } else {
      for (const uint32_t link : links(0, ordinal)) {
        if (link < size_ && space.visited.add(link)) batch.push_back(link);
      }
    }
    compared += batch.size();
  };
  walk_graph(ef, space, best, gather, compare, [&](uint32_t ordinal) { return accept == nullptr || accept->has(ordinal); });
  if (compared > most || best.size() < std::min(ef, most)) return {};
  std::vector<Found> found;
  found.reserve(best.size());
  for (const Near& near : best) found.push_back({near.ordinal, near.nearness});
  return found;
}

}  // namespace selene::index
