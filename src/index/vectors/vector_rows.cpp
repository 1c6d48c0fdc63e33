#include "index/vectors/vector_rows.h"

#include <cmath>
#include <cstring>

#include "index/formats/byte_io.h"
#include "index/vectors/vector_kernels.h"

namespace selene::index {
namespace {

constexpr size_t kHeaderBytes = 64;
constexpr size_t kRowsAhead = 4;  ///< how far rows are asked for before they are compared

double length_of(std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

void prefetch(const char* row, size_t bytes) {
  for (size_t at = 0; at < bytes; at += 64) __builtin_prefetch(row + at);
}

/// Rows by ordinal; asks memory for those that follow.
class RowReader {
 public:
  RowReader(const char* rows, size_t row_bytes) : rows_(rows), row_bytes_(row_bytes) {}
  template <class Compare>
  void each(std::span<const uint32_t> ordinals, Compare compare) const {
    for (size_t i = 0; i < std::min(kRowsAhead, ordinals.size()); ++i) prefetch(at(ordinals[i]), row_bytes_);
    for (size_t i = 0; i < ordinals.size(); ++i) {
      if (i + kRowsAhead < ordinals.size()) prefetch(at(ordinals[i + kRowsAhead]), row_bytes_);
      compare(i, at(ordinals[i]));
    }
  }

 private:
  const char* at(uint32_t ordinal) const { return rows_ + ordinal * row_bytes_; }
  const char* rows_;
  size_t row_bytes_;
};

/// float and bfloat16. Under cosine the query has length 1 and the product is divided by the row's length where rows are not of
/// length 1 themselves.
class FloatComparer final : public VectorComparer {
 public:
  FloatComparer(const VectorOptions& options, RowReader rows, const float* magnitudes, std::span<const float> query)
      : options_(options), rows_(rows), query_(query.begin(), query.end()) {
    if (options.similarity != VectorSimilarity::kCosine) return;
    const auto length = static_cast<float>(length_of(query));
    for (float& value : query_) value /= length;
    if (!normalises(options)) magnitudes_ = magnitudes;
  }
  void compare(std::span<const uint32_t> ordinals, float* nearness) const override {
    const VectorKernels& kernels = vector_kernels();
    const bool l2 = options_.similarity == VectorSimilarity::kL2Norm;
    const float* const query = query_.data();
    const size_t dims = query_.size();
    if (options_.element_type == ElementType::kFloat) {
      const auto distance = l2 ? kernels.l2_float : kernels.dot_float;
      rows_.each(ordinals,
                 [&](size_t i, const char* row) { nearness[i] = distance(query, reinterpret_cast<const float*>(row), dims); });
    } else {
      const auto distance = l2 ? kernels.l2_bfloat16 : kernels.dot_bfloat16;
      rows_.each(ordinals,
                 [&](size_t i, const char* row) { nearness[i] = distance(query, reinterpret_cast<const uint16_t*>(row), dims); });
    }
    for (size_t i = 0; i < ordinals.size(); ++i) {
      if (l2) nearness[i] = -nearness[i];
      if (magnitudes_ != nullptr) nearness[i] /= magnitudes_[ordinals[i]];
    }
  }

 private:
  const VectorOptions& options_;
  RowReader rows_;
  std::vector<float> query_;
  const float* magnitudes_ = nullptr;
};

class ByteComparer final : public VectorComparer {
 public:
  ByteComparer(const VectorOptions& options, RowReader rows, const float* magnitudes, std::span<const float> query)
      : options_(options), rows_(rows), magnitudes_(magnitudes), length_(length_of(query)) {
    for (const float value : query) query_.push_back(static_cast<int8_t>(value));
  }
  void compare(std::span<const uint32_t> ordinals, float* nearness) const override {
    const auto dot = vector_kernels().dot_int8;
    rows_.each(ordinals, [&](size_t i, const char* bytes) {
      const auto* const row = reinterpret_cast<const int8_t*>(bytes);
      const int32_t product = dot(row, query_.data(), query_.size());
      nearness[i] = static_cast<float>(product);
      if (options_.similarity == VectorSimilarity::kCosine)
        nearness[i] = static_cast<float>(product / (length_ * static_cast<double>(magnitudes_[ordinals[i]])));
      if (options_.similarity == VectorSimilarity::kL2Norm) {
        const int32_t squares = dot(row, row, query_.size()) + dot(query_.data(), query_.data(), query_.size());
        nearness[i] = -static_cast<float>(squares - 2 * product);
      }
    });
  }

 private:
  const VectorOptions& options_;
  RowReader rows_;
  const float* magnitudes_;
  double length_;
  std::vector<int8_t> query_;
};

class BitComparer final : public VectorComparer {
 public:
  BitComparer(RowReader rows, std::span<const float> query) : rows_(rows) {
    for (const float value : query) query_.push_back(static_cast<uint8_t>(static_cast<int8_t>(value)));
  }
  void compare(std::span<const uint32_t> ordinals, float* nearness) const override {
    const auto hamming = vector_kernels().hamming;
    rows_.each(ordinals, [&](size_t i, const char* row) {
      nearness[i] = -static_cast<float>(hamming(reinterpret_cast<const uint8_t*>(row), query_.data(), query_.size()));
    });
  }

 private:
  RowReader rows_;
  std::vector<uint8_t> query_;
};

base::Error corrupt() { return base::Error(base::ErrorCode::kCorruptIndex, "damaged vectors"); }

}  // namespace

float to_row(const VectorOptions& options, std::string& bytes) {
  if (!options.indexed || options.similarity != VectorSimilarity::kCosine) return 1;
  VectorValues values;
  decode_vector(bytes.data(), options.element_type, options.dims, values);
  const double length = length_of(values);
  if (normalises(options)) {
    for (float& value : values) value = static_cast<float>(static_cast<double>(value) / length);
    bytes = encode_vector(values, options.element_type);
  }
  return static_cast<float>(length);
}

void VectorRows::write(const VectorOptions& options, std::span<const VectorRow> rows, SegmentFileWriter& out) {
  const VectorIndexOptions& index = options.index_options;
  ByteWriter header;
  header.fixed(options.element_type);
  header.fixed(options.similarity);
  header.fixed(static_cast<uint8_t>(options.indexed ? 1 : 0));
  header.fixed(index.encoding);
  header.fixed(static_cast<uint8_t>(index.graph ? 1 : 0));
  header.raw(std::string(3, '\0'));
  header.fixed(options.dims);
  header.fixed(static_cast<uint32_t>(rows.size()));
  header.fixed(index.m);
  header.fixed(index.ef_construction);
  header.fixed(index.flat_index_threshold);
  header.raw(std::string(kHeaderBytes - header.size(), '\0'));
  out.append(header.bytes());
  const size_t row_bytes = vector_bytes(options.element_type, options.dims);
  for (const VectorRow& row : rows) out.append({row.bytes, row_bytes});
  if (!options.indexed || options.similarity != VectorSimilarity::kCosine) return;
  ByteWriter magnitudes;
  magnitudes.raw(std::string((4 - row_bytes * rows.size() % 4) % 4, '\0'));
  for (const VectorRow& row : rows) magnitudes.fixed(row.magnitude);
  out.append(magnitudes.bytes());
}

base::Result<VectorRows> VectorRows::open(std::string_view section) {
  ByteReader in(section);
  VectorRows rows;
  VectorOptions& options = rows.options_;
  const auto element_type = in.fixed<uint8_t>();
  const auto similarity = in.fixed<uint8_t>();
  options.indexed = in.fixed<uint8_t>() != 0;
  const auto encoding = in.fixed<uint8_t>();
  options.index_options.graph = in.fixed<uint8_t>() != 0;
  in.raw(3);
  options.dims = in.fixed<int32_t>();
  rows.size_ = in.fixed<uint32_t>();
  options.index_options.m = in.fixed<int32_t>();
  options.index_options.ef_construction = in.fixed<int32_t>();
  options.index_options.flat_index_threshold = in.fixed<int32_t>();
  in.raw(kHeaderBytes - 28);
  if (!in.ok() || element_type > 3 || similarity > 3 || encoding > 3 || options.dims < 1 || options.dims > 1 << 16)
    return corrupt();
  options.element_type = static_cast<ElementType>(element_type);
  options.similarity = static_cast<VectorSimilarity>(similarity);
  options.index_options.encoding = static_cast<VectorEncoding>(encoding);
  if (options.index_options.m < 1 || options.index_options.m > 1024) return corrupt();
  rows.row_bytes_ = vector_bytes(options.element_type, options.dims);
  const size_t all = rows.row_bytes_ * rows.size_;
  rows.rows_ = in.raw(all).data();
  if (options.indexed && options.similarity == VectorSimilarity::kCosine) {
    in.raw((4 - all % 4) % 4);
    rows.magnitudes_ = reinterpret_cast<const float*>(in.raw(size_t{rows.size_} * sizeof(float)).data());
  }
  if (!in.ok() || !in.done()) return corrupt();
  return rows;
}

void VectorRows::values(uint32_t ordinal, VectorValues& values) const {
  const VectorRow found = row(ordinal);
  decode_vector(found.bytes, options_.element_type, options_.dims, values);
  if (!normalises(options_)) return;
  for (float& value : values) value *= found.magnitude;
}

std::unique_ptr<VectorComparer> VectorRows::comparer(std::span<const float> query) const {
  const RowReader rows(rows_, row_bytes_);
  switch (options_.element_type) {
    case ElementType::kByte: return std::make_unique<ByteComparer>(options_, rows, magnitudes_, query);
    case ElementType::kBit: return std::make_unique<BitComparer>(rows, query);
    default: return std::make_unique<FloatComparer>(options_, rows, magnitudes_, query);
  }
}

}  // namespace selene::index
