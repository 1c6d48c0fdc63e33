#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/vectors/vector_rows.h"

namespace selene::index {

/// The vectors of a field in 8, 4 or 1 bit a component, by ordinal, for estimates of nearness. Layout: docs/formats/vectors.md.
///
/// 8 and 4 bits: component i of a vector is low + step * code, with `low` and `step` of that vector.
/// 1 bit: the sign of the component less the mean of all vectors; a vector's part along a query is estimated from the sum of the
/// query's components under those signs (the estimator of Gao & Long, "RaBitQ", SIGMOD 2024, without their rotation).
/// Queries are taken in 8 bits. Immutable, thread-safe; the bytes belong to the segment.
class CodeRows {
 public:
  CodeRows() = default;
  /// `rows`: of the same field. Errors: kCorruptIndex.
  static base::Result<CodeRows> open(std::string_view section, const VectorRows& rows);
  /// Appends a section. REQUIRES: rows of floats or bfloat16, an encoding other than kRaw.
  static void write(const VectorOptions& options, std::span<const VectorRow> rows, SegmentFileWriter& out);

  std::unique_ptr<VectorComparer> comparer(std::span<const float> query) const;
  size_t row_bytes() const { return row_bytes_; }

 private:
  VectorEncoding encoding_ = VectorEncoding::kInt8;
  VectorSimilarity similarity_ = VectorSimilarity::kCosine;
  uint32_t dims_ = 0;
  size_t row_bytes_ = 0;
  std::vector<float> centroid_;  ///< of 1 bit
  const char* rows_ = nullptr;
};

/// The components of a row as nearness takes them: of length 1 under cosine.
void comparable_values(const VectorOptions& options, VectorRow row, VectorValues& values);

}  // namespace selene::index
