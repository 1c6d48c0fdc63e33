#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/vectors/code_rows.h"
#include "index/vectors/hnsw_graph.h"
#include "index/vectors/ordinal_set.h"
#include "index/vectors/vector_rows.h"

namespace selene::index {

struct VectorHit {
  uint32_t ordinal = 0;
  float nearness = 0;  ///< nearness.h; exact
};

/// What is looked for in one segment.
struct VectorQuery {
  std::span<const float> values = {};  ///< as read_vector gives them, of the segment's dimensions
  int32_t num_candidates = 100;        ///< how many are followed in a graph: the more, the surer and slower
  int32_t num_hits = 10;               ///< at most so many are found; as many are compared exactly at the end
  const OrdinalSet* accept = nullptr;  ///< only these; null: all
};

/// The sections of one field.
struct VectorSections {
  std::string_view rows;
  std::optional<std::string_view> codes;
  std::optional<std::string_view> graph;
};

/// The vectors of one field in one segment as they are searched. Immutable, thread-safe; the bytes belong to the segment.
class SegmentVectors {
 public:
  /// Errors: kCorruptIndex.
  static base::Result<std::unique_ptr<const SegmentVectors>> open(const VectorSections& sections);

  const VectorRows& rows() const { return rows_; }
  const std::optional<HnswGraph>& graph() const { return graph_; }
  bool has_codes() const { return codes_.has_value(); }
  uint32_t size() const { return rows_.size(); }
  /// The nearest ones, nearest first, of equal ones the smaller ordinal first. With a graph or codes they may not be the very
  /// nearest, but what is given for each is exact.
  std::vector<VectorHit> search(const VectorQuery& query) const;

 private:
  VectorRows rows_;
  std::optional<CodeRows> codes_;  ///< quantised; none for few vectors
  std::optional<HnswGraph> graph_;
};

/// Compares all (or all accepted) and keeps the best `num_hits`, nearest first, of equal ones the smaller ordinal first.
std::vector<VectorHit> scan_vectors(const VectorComparer& comparer, uint32_t size, const OrdinalSet* accept, int32_t num_hits);

/// Whether a segment with so many vectors of a field keeps codes beside them.
bool wants_codes(const VectorOptions& options, size_t size);
/// Whether its graph is worth what it costs to build and to keep; below, comparing all is as quick.
bool wants_graph(const VectorOptions& options, size_t size);
/// Whether there should be a graph and is none.
bool lacks_graph(const SegmentVectors& vectors);

}  // namespace selene::index
