#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/formats/segment_file.h"
#include "index/mapping/vector_options.h"
#include "index/mapping/vector_values.h"
#include "index/vectors/vector_comparer.h"

namespace selene::index {

/// A vector on its way into a section. Indexed floats under cosine have length 1 and their length beside them.
struct VectorRow {
  const char* bytes = nullptr;  ///< [vector_bytes]
  float magnitude = 1;          ///< under cosine only
};

/// Whether rows of the field are kept with length 1.
constexpr bool normalises(const VectorOptions& options) {
  return options.indexed && options.similarity == VectorSimilarity::kCosine && options.element_type == ElementType::kFloat;
}
/// Turns the bytes of a vector as parsed into those of its row; gives the magnitude.
float to_row(const VectorOptions& options, std::string& bytes);

/// The vectors of one field in one segment, whole, one after another by ordinal. Layout: docs/formats/vectors.md. Immutable,
/// thread-safe; the bytes belong to the segment.
class VectorRows {
 public:
  VectorRows() = default;
  /// Errors: kCorruptIndex.
  static base::Result<VectorRows> open(std::string_view section);
  /// Appends a section.
  static void write(const VectorOptions& options, std::span<const VectorRow> rows, SegmentFileWriter& out);

  /// All but `index_options.type` and `oversample`.
  const VectorOptions& options() const { return options_; }
  uint32_t size() const { return size_; }
  VectorRow row(uint32_t ordinal) const {
    return {rows_ + ordinal * row_bytes_, magnitudes_ == nullptr ? 1.0F : magnitudes_[ordinal]};
  }
  /// The vector as it was sent, but for rounding.
  void values(uint32_t ordinal, VectorValues& values) const;
  /// Exact. `query`: as read_vector gives it, of the same dimensions.
  std::unique_ptr<VectorComparer> comparer(std::span<const float> query) const;

 private:
  VectorOptions options_;
  uint32_t size_ = 0;
  size_t row_bytes_ = 0;
  const char* rows_ = nullptr;
  const float* magnitudes_ = nullptr;  ///< [size] under cosine, else null
};

}  // namespace selene::index
