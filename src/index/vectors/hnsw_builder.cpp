#include "index/vectors/hnsw_builder.h"

#include <cmath>

#include "index/formats/byte_io.h"

namespace selene::index {
namespace {

constexpr size_t kHeaderBytes = 64;
constexpr int32_t kHighestLevel = 30;

/// A level drawn with the ordinal as its seed (splitmix64), so that a graph depends on nothing else.
int32_t draw_level(uint32_t ordinal, size_t m) {
  uint64_t bits = (uint64_t{ordinal} + 1) * 0x9E3779B97F4A7C15ULL;
  bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ bits >> 27) * 0x94D049BB133111EBULL;
  bits ^= bits >> 31;
  const double uniform = (static_cast<double>(bits >> 11) + 1) / 9007199254740993.0;  // (0, 1]
  const double level = -std::log(uniform) / std::log(static_cast<double>(m));
  return std::min(static_cast<int32_t>(level), kHighestLevel);
}

}  // namespace

HnswBuilder::HnswBuilder(const BuildVectors& vectors, int32_t m, int32_t ef_construction)
    : vectors_(vectors), m_(static_cast<size_t>(m)), ef_construction_(static_cast<size_t>(ef_construction)) {
  levels_.assign(vectors.size(), -1);
  base_.assign(vectors.size() * (1 + 2 * m_), 0);
  base_nearness_.assign(vectors.size() * 2 * m_, 0);
  upper_at_.assign(vectors.size(), 0);
}

HnswBuilder::Links HnswBuilder::links(int32_t level, uint32_t ordinal) {
  if (level == 0) {
    uint32_t* const list = base_.data() + ordinal * (1 + 2 * m_);
    return {list, list + 1, base_nearness_.data() + ordinal * 2 * m_, 2 * m_};
  }
  const size_t at = upper_at_[ordinal] + static_cast<size_t>(level) - 1;
  uint32_t* const list = upper_.data() + at * (1 + m_);
  return {list, list + 1, upper_nearness_.data() + at * m_, m_};
}

std::span<const uint32_t> HnswBuilder::linked(int32_t level, uint32_t ordinal) {
  const Links found = links(level, ordinal);
  return {found.ordinals, *found.count};
}

void HnswBuilder::set_level(uint32_t ordinal, int32_t level) {
  levels_[ordinal] = static_cast<int8_t>(level);
  upper_at_[ordinal] = static_cast<uint32_t>(upper_nearness_.size() / m_);
  upper_.resize(upper_.size() + static_cast<size_t>(level) * (1 + m_), 0);
  upper_nearness_.resize(upper_nearness_.size() + static_cast<size_t>(level) * m_, 0);
}

void HnswBuilder::search_level(uint32_t query, int32_t level, size_t ef, std::vector<Near>& best) {
  space_.visited.start(vectors_.size());
  for (const Near& near : best) space_.visited.add(near.ordinal);
  walk_graph(
      ef, space_, best,
      [&](uint32_t ordinal, std::vector<uint32_t>& batch) {
        for (const uint32_t link : linked(level, ordinal)) {
          if (space_.visited.add(link)) batch.push_back(link);
        }
      },
      [&](std::span<const uint32_t> ordinals, float* nearness) { vectors_.compare(query, ordinals, nearness); },
      [](uint32_t) { return true; });
}

void HnswBuilder::select(std::vector<Near>& candidates, size_t most) {
  kept_.clear();
  kept_ordinals_.clear();
  for (const Near& candidate : candidates) {
    if (kept_.size() == most) break;
    kept_nearness_.resize(kept_ordinals_.size());
    vectors_.compare(candidate.ordinal, kept_ordinals_, kept_nearness_.data());
    const bool covered = std::ranges::any_of(kept_nearness_, [&](float nearness) { return nearness > candidate.nearness; });
    if (covered) continue;
    kept_.push_back(candidate);
    kept_ordinals_.push_back(candidate.ordinal);
  }
  candidates = kept_;
}

void HnswBuilder::set_links(int32_t level, uint32_t ordinal, std::span<const Near> chosen) {
  const Links into = links(level, ordinal);
  *into.count = static_cast<uint32_t>(chosen.size());
  for (size_t i = 0; i < chosen.size(); ++i) {
    into.ordinals[i] = chosen[i].ordinal;
    into.nearness[i] = chosen[i].nearness;
  }
}

void HnswBuilder::add_link(int32_t level, uint32_t from, Near to) {
  const Links into = links(level, from);
  if (*into.count < into.room) {
    into.ordinals[*into.count] = to.ordinal;
    into.nearness[*into.count] = to.nearness;
    ++*into.count;
    return;
  }
  around_.assign(1, to);
  for (size_t i = 0; i < into.room; ++i) around_.push_back({into.nearness[i], into.ordinals[i]});
  std::sort(around_.begin(), around_.end(), closer);
  select(around_, into.room);
  set_links(level, from, around_);
}

/// Links `ordinal` with the best of `candidates`, both ways.
void HnswBuilder::connect(int32_t level, uint32_t ordinal, std::vector<Near>& candidates) {
  std::sort(candidates.begin(), candidates.end(), closer);
  select(candidates, m_);
  set_links(level, ordinal, candidates);
  for (const Near& near : candidates) add_link(level, near.ordinal, {near.nearness, ordinal});
}

void HnswBuilder::insert(uint32_t ordinal) {
  const int32_t level = draw_level(ordinal, m_);
  set_level(ordinal, level);
  if (top_level_ < 0) {
    entry_ = ordinal;
    top_level_ = level;
    return;
  }
  best_.assign(1, {vectors_.compare(ordinal, entry_), entry_});
  for (int32_t above = top_level_; above > level; --above) search_level(ordinal, above, 1, best_);
  for (int32_t at = std::min(level, top_level_); at >= 0; --at) {
    search_level(ordinal, at, ef_construction_, best_);
    std::vector<Near> candidates = best_;
    connect(at, ordinal, candidates);
  }
  if (level > top_level_) {
    entry_ = ordinal;
    top_level_ = level;
  }
}

void HnswBuilder::insert_rest() {
  for (uint32_t ordinal = 0; ordinal < vectors_.size(); ++ordinal) {
    if (levels_[ordinal] < 0) insert(ordinal);
  }
}

void HnswBuilder::reuse(const HnswGraph& graph, std::span<const int32_t> ordinals) {
  std::vector<int32_t> levels(graph.size(), 0);
  for (int32_t level = 1; level <= graph.top_level(); ++level) {
    for (const uint32_t node : graph.nodes(level)) {
      if (node < graph.size()) levels[node] = std::min(level, kHighestLevel);
    }
  }
  for (uint32_t old = 0; old < graph.size(); ++old) {
    if (ordinals[old] >= 0) set_level(static_cast<uint32_t>(ordinals[old]), levels[old]);
  }
  for (uint32_t old = 0; old < graph.size(); ++old) {
    if (ordinals[old] < 0) continue;
    const auto ordinal = static_cast<uint32_t>(ordinals[old]);
    for (int32_t level = 0; level <= levels[old]; ++level) copy_level(graph, level, old, ordinals);
    if (levels[old] <= top_level_) continue;
    entry_ = ordinal;
    top_level_ = levels[old];
  }
}

void HnswBuilder::copy_level(const HnswGraph& graph, int32_t level, uint32_t old_ordinal, std::span<const int32_t> ordinals) {
  const auto ordinal = static_cast<uint32_t>(ordinals[old_ordinal]);
  std::vector<uint32_t>& batch = space_.batch;
  batch.clear();
  bool lost = false;
  const auto add = [&](uint32_t old) {
    if (old >= graph.size() || ordinals[old] < 0) return false;
    const auto link = static_cast<uint32_t>(ordinals[old]);
    if (link != ordinal && levels_[link] >= level) batch.push_back(link);
    return true;
  };
  for (const uint32_t old : graph.links(level, old_ordinal)) {
    if (add(old) || old >= graph.size()) continue;
    lost = true;
    for (const uint32_t behind : graph.links(level, old)) add(behind);
  }
  std::sort(batch.begin(), batch.end());
  batch.erase(std::unique(batch.begin(), batch.end()), batch.end());
  space_.nearness.resize(batch.size());
  vectors_.compare(ordinal, batch, space_.nearness.data());
  around_.clear();
  for (size_t i = 0; i < batch.size(); ++i) around_.push_back({space_.nearness[i], batch[i]});
  std::sort(around_.begin(), around_.end(), closer);
  const size_t room = links(level, ordinal).room;
  if (lost || around_.size() > room) select(around_, room);
  set_links(level, ordinal, around_);
}

void HnswBuilder::write(SegmentFileWriter& out) const {
  ByteWriter header;
  header.fixed(vectors_.size());
  header.fixed(static_cast<int32_t>(m_));
  header.fixed(entry_);
  header.fixed(static_cast<uint32_t>(std::max(top_level_, 0)));
  header.raw(std::string(kHeaderBytes - header.size(), '\0'));
  out.append(header.bytes());
  out.append({reinterpret_cast<const char*>(base_.data()), base_.size() * sizeof(uint32_t)});
  for (int32_t level = 1; level <= top_level_; ++level) {
    ByteWriter nodes;
    ByteWriter lists;
    uint32_t num_nodes = 0;
    for (uint32_t ordinal = 0; ordinal < vectors_.size(); ++ordinal) {
      if (levels_[ordinal] < level) continue;
      ++num_nodes;
      nodes.fixed(ordinal);
      const size_t at = (upper_at_[ordinal] + static_cast<size_t>(level) - 1) * (1 + m_);
      lists.raw({reinterpret_cast<const char*>(upper_.data() + at), (1 + m_) * sizeof(uint32_t)});
    }
    ByteWriter count;
    count.fixed(num_nodes);
    out.append(count.bytes());
    out.append(nodes.bytes());
    out.append(lists.bytes());
  }
}

}  // namespace selene::index
