#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/formats/segment_file.h"
#include "index/vectors/build_vectors.h"
#include "index/vectors/graph_walk.h"
#include "index/vectors/hnsw_graph.h"

namespace selene::index {

/// Builds a hierarchical small-world graph: m links a vector and level, 2 * m on level 0, chosen so that none leads to where
/// another leads nearer. The same vectors in the same order give the same graph. Memory: 8 * m bytes a vector for links, as many
/// for their nearness. One thread. Source: Malkov & Yashunin 2016, algorithms 1, 2 and 4, with mL = 1 / ln(m).
class HnswBuilder {
 public:
  /// `vectors` outlives it. REQUIRES: at least one vector; m >= 2.
  HnswBuilder(const BuildVectors& vectors, int32_t m, int32_t ef_construction);

  /// Starts with another graph's links. `ordinals[o]`: what its vector o is called here, -1 if it is gone; links that led to those
  /// that are gone are replaced by what these led to. Before the first `insert`. REQUIRES: graph.m() == m.
  void reuse(const HnswGraph& graph, std::span<const int32_t> ordinals);
  /// Adds all vectors that are not in it yet.
  void insert_rest();
  void write(SegmentFileWriter& out) const;

 private:
  /// The links of one vector on one level, nearest first or not; `count` of them.
  struct Links {
    uint32_t* count;
    uint32_t* ordinals;
    float* nearness;
    size_t room;
  };
  Links links(int32_t level, uint32_t ordinal);
  std::span<const uint32_t> linked(int32_t level, uint32_t ordinal);

  void set_level(uint32_t ordinal, int32_t level);
  void insert(uint32_t ordinal);
  void search_level(uint32_t query, int32_t level, size_t ef, std::vector<Near>& best);
  /// Keeps of `candidates`, sorted nearest first, at most `most` (algorithm 4).
  void select(std::vector<Near>& candidates, size_t most);
  void connect(int32_t level, uint32_t ordinal, std::vector<Near>& candidates);
  void set_links(int32_t level, uint32_t ordinal, std::span<const Near> chosen);
  void add_link(int32_t level, uint32_t from, Near to);
  void copy_level(const HnswGraph& graph, int32_t level, uint32_t old_ordinal, std::span<const int32_t> ordinals);

  const BuildVectors& vectors_;
  const size_t m_;
  const size_t ef_construction_;
  std::vector<int8_t> levels_;         ///< -1: not in the graph yet
  std::vector<uint32_t> base_;         ///< [size, 1 + 2 * m]: count, ordinals
  std::vector<float> base_nearness_;   ///< [size, 2 * m]
  std::vector<uint32_t> upper_at_;     ///< of a vector's first list above level 0, in lists
  std::vector<uint32_t> upper_;        ///< [lists, 1 + m]
  std::vector<float> upper_nearness_;  ///< [lists, m]
  uint32_t entry_ = 0;
  int32_t top_level_ = -1;
  WalkSpace space_;
  std::vector<Near> best_;
  std::vector<Near> around_;
  std::vector<Near> kept_;
  std::vector<uint32_t> kept_ordinals_;
  std::vector<float> kept_nearness_;
};

}  // namespace selene::index
