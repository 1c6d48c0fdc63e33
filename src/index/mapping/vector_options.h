#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace selene::index {

/// What a component of a vector is.  ON DISK: do not renumber.
enum class ElementType : uint8_t { kFloat = 0, kByte = 1, kBit = 2, kBfloat16 = 3 };
/// ON DISK: do not renumber.
enum class VectorSimilarity : uint8_t { kCosine = 0, kDotProduct = 1, kL2Norm = 2, kMaxInnerProduct = 3 };
/// How vectors are kept for approximate search: whole, in 8, 4 or 1 bit a component.  ON DISK: do not renumber.
enum class VectorEncoding : uint8_t { kRaw = 0, kInt8 = 1, kInt4 = 2, kBinary = 3 };

/// `index_options` of a dense_vector.
struct VectorIndexOptions {
  std::string_view type;  ///< "int8_hnsw", ...; lives as long as the process
  VectorEncoding encoding = VectorEncoding::kRaw;
  bool graph = false;  ///< hnsw, else every vector is compared (bbq_disk: a graph too)
  int32_t m = 16;
  int32_t ef_construction = 100;
  int32_t flat_index_threshold = -1;  ///< no graph for fewer vectors in a segment; -1: ours to choose
  std::optional<float> oversample;    ///< rescore_vector.oversample; 0: no rescoring
  /// Of bbq_disk: the share of a segment's vectors that searches look at unless they say it, 0 to 100 (0: num_candidates decides),
  /// in whole clusters of so many.
  float default_visit_percentage = 0;
  int32_t cluster_size = 384;
};

/// What a dense_vector field keeps.
struct VectorOptions {
  int32_t dims = 0;  ///< 0: not known yet, taken from the first document
  ElementType element_type = ElementType::kFloat;
  VectorSimilarity similarity = VectorSimilarity::kCosine;
  bool indexed = true;  ///< else stored only, for scripts and re-ranking
  VectorIndexOptions index_options;
};

std::string_view element_type_name(ElementType type);
std::string_view similarity_name(VectorSimilarity similarity);
/// Bytes of one vector as it is stored. bit: `dims` is a multiple of 8.
constexpr size_t vector_bytes(ElementType type, int32_t dims) {
  const auto n = static_cast<size_t>(dims);
  return type == ElementType::kFloat ? n * 4 : type == ElementType::kBfloat16 ? n * 2 : type == ElementType::kByte ? n : n / 8;
}
/// A bfloat16 by its bits: the upper half of a float32.
float bfloat16_to_float(uint16_t bits);
/// Rounds to the nearest, ties to even.
uint16_t float_to_bfloat16(float value);

}  // namespace selene::index
