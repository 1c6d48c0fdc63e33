#include "index/vectors/code_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/formats/byte_io.h"
#include "index/vectors/vector_kernels.h"

namespace selene::index {
namespace {

constexpr size_t kHeaderBytes = 64;
constexpr size_t kRowsAhead = 6;  ///< how far rows are asked for before they are compared

size_t code_bytes(VectorEncoding encoding, size_t dims) {
  return encoding == VectorEncoding::kInt8 ? dims : encoding == VectorEncoding::kInt4 ? dims / 2 : (dims + 7) / 8;
}
/// Two numbers of its own, and under l2_norm the square of its length.
size_t row_bytes_of(VectorEncoding encoding, VectorSimilarity similarity, size_t dims) {
  return code_bytes(encoding, dims) + (similarity == VectorSimilarity::kL2Norm ? 12 : 8);
}

float sum_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return static_cast<float>(sum);
}

double dot_of(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

void put(float number, std::string& row) { row.append(reinterpret_cast<const char*>(&number), sizeof number); }

/// Of 4 bits the ends are drawn in where that makes the whole error smaller.
float best_shrink(std::span<const float> values, float middle, float reach, float levels) {
  float best = 1;
  double best_error = std::numeric_limits<double>::max();
  for (const float shrink : {1.0F, 0.9F, 0.8F, 0.7F}) {
    const float low = middle - reach * shrink;
    const float step = 2 * reach * shrink / levels;
    double error = 0;
    for (const float value : values) {
      const float code = std::clamp(std::round((value - low) / step), 0.0F, levels);
      const auto difference = static_cast<double>(low + step * code - value);
      error += difference * difference;
    }
    if (error >= best_error) continue;
    best_error = error;
    best = shrink;
  }
  return best;
}

void encode_scalar(VectorEncoding encoding, std::span<const float> values, std::string& row) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const float levels = encoding == VectorEncoding::kInt8 ? 255 : 15;
  const float middle = (*least + *most) / 2;
  float reach = std::max((*most - *least) / 2, 1e-20F);
  if (encoding == VectorEncoding::kInt4) reach *= best_shrink(values, middle, reach, levels);
  const float low = middle - reach;
  const float step = 2 * reach / levels;
  const auto code = [&](float value) { return static_cast<uint8_t>(std::clamp(std::round((value - low) / step), 0.0F, levels)); };
  const size_t half = values.size() / 2;
  if (encoding == VectorEncoding::kInt8) {
    for (const float value : values) row.push_back(static_cast<char>(code(value)));
  } else {
    for (size_t i = 0; i < half; ++i) row.push_back(static_cast<char>(code(values[i]) | code(values[half + i]) << 4));
  }
  put(low, row);
  put(step, row);
}

void encode_binary(std::span<const float> values, std::span<const float> centroid, std::string& row) {
  double squares = 0;
  double sum = 0;
  std::string bits((values.size() + 7) / 8, '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    const auto rest = static_cast<double>(values[i] - centroid[i]);
    squares += rest * rest;
    sum += std::abs(rest);
    if (rest > 0) bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << (i % 8));
  }
  row += bits;
  put(sum > 0 ? static_cast<float>(squares / sum) : 0, row);
  put(static_cast<float>(dot_of(values, centroid)), row);
}

/// A query in 8 bits: value = scale * code.
struct QueryCodes {
  explicit QueryCodes(std::span<const float> values) {
    float most = 0;
    for (const float value : values) most = std::max(most, std::abs(value));
    if (most > 0) scale = most / 127;
    codes.reserve(values.size());
    for (const float value : values) codes.push_back(static_cast<int8_t>(std::lround(value / scale)));
    for (const int8_t code : codes) sum += code;
  }
  std::vector<int8_t> codes;
  float scale = 1;
  int32_t sum = 0;
};

class CodeComparer : public VectorComparer {
 public:
  CodeComparer(const char* rows, size_t row_bytes, bool l2, double query_squares)
      : rows_(rows), row_bytes_(row_bytes), l2_(l2), query_squares_(static_cast<float>(query_squares)) {}

 protected:
  /// `dot(row)` estimates the product of the query and a row.
  template <class Dot>
  void each(std::span<const uint32_t> ordinals, float* nearness, Dot dot) const {
    for (size_t i = 0; i < std::min(kRowsAhead, ordinals.size()); ++i) prefetch(ordinals[i]);
    for (size_t i = 0; i < ordinals.size(); ++i) {
      if (i + kRowsAhead < ordinals.size()) prefetch(ordinals[i + kRowsAhead]);
      const char* const row = rows_ + ordinals[i] * row_bytes_;
      const float product = dot(row);
      nearness[i] = l2_ ? std::min(2 * product - query_squares_ - load<float>(row + row_bytes_ - sizeof(float)), 0.0F) : product;
    }
  }

 private:
  void prefetch(uint32_t ordinal) const {
    const char* const row = rows_ + ordinal * row_bytes_;
    for (size_t at = 0; at < row_bytes_; at += 64) __builtin_prefetch(row + at);
  }

  const char* rows_;
  size_t row_bytes_;
  bool l2_;
  float query_squares_;
};

class ScalarCodeComparer final : public CodeComparer {
 public:
  ScalarCodeComparer(VectorEncoding encoding, const char* rows, size_t row_bytes, bool l2, std::span<const float> query)
      : CodeComparer(rows, row_bytes, l2, dot_of(query, query)), encoding_(encoding), query_(query), sum_(sum_of(query)) {}
  void compare(std::span<const uint32_t> ordinals, float* nearness) const override {
    const bool int8 = encoding_ == VectorEncoding::kInt8;
    const auto dot = int8 ? vector_kernels().dot_code8 : vector_kernels().dot_code4;
    const size_t dims = query_.codes.size();
    const size_t codes = code_bytes(encoding_, dims);
    const int32_t middle = int8 ? 128 : 8;  // codes are taken less this, so that the query's rounding weighs less
    each(ordinals, nearness, [&](const char* row) {
      const auto low = load<float>(row + codes);
      const auto step = load<float>(row + codes + sizeof(float));
      const int32_t product = dot(reinterpret_cast<const uint8_t*>(row), query_.codes.data(), dims) - middle * query_.sum;
      return (low + static_cast<float>(middle) * step) * sum_ + step * query_.scale * static_cast<float>(product);
    });
  }

 private:
  VectorEncoding encoding_;
  QueryCodes query_;
  float sum_;
};

class BinaryCodeComparer final : public CodeComparer {
 public:
  BinaryCodeComparer(const char* rows, size_t row_bytes, bool l2, std::span<const float> query, std::span<const float> rest,
                     double rest_along_centroid)
      : CodeComparer(rows, row_bytes, l2, dot_of(query, query)),
        query_(rest),
        sum_(sum_of(rest)),
        along_centroid_(static_cast<float>(rest_along_centroid)) {}
  void compare(std::span<const uint32_t> ordinals, float* nearness) const override {
    const auto dot = vector_kernels().dot_code1;
    const size_t dims = query_.codes.size();
    const size_t codes = code_bytes(VectorEncoding::kBinary, dims);
    each(ordinals, nearness, [&](const char* row) {
      const float set = query_.scale * static_cast<float>(dot(reinterpret_cast<const uint8_t*>(row), query_.codes.data(), dims));
      return load<float>(row + codes + sizeof(float)) + along_centroid_ + load<float>(row + codes) * (2 * set - sum_);
    });
  }

 private:
  QueryCodes query_;  ///< less the centroid
  float sum_;
  float along_centroid_;
};

std::vector<float> centroid_of(const VectorOptions& options, std::span<const VectorRow> rows) {
  std::vector<double> sums(static_cast<size_t>(options.dims), 0);
  VectorValues values;
  for (const VectorRow& row : rows) {
    comparable_values(options, row, values);
    for (size_t i = 0; i < values.size(); ++i) sums[i] += static_cast<double>(values[i]);
  }
  std::vector<float> centroid;
  for (const double sum : sums) centroid.push_back(static_cast<float>(sum / static_cast<double>(std::max<size_t>(rows.size(), 1))));
  return centroid;
}

base::Error corrupt() { return base::Error(base::ErrorCode::kCorruptIndex, "damaged vector codes"); }

}  // namespace

void comparable_values(const VectorOptions& options, VectorRow row, VectorValues& values) {
  decode_vector(row.bytes, options.element_type, options.dims, values);
  if (options.similarity != VectorSimilarity::kCosine || normalises(options)) return;
  for (float& value : values) value /= row.magnitude;
}

void CodeRows::write(const VectorOptions& options, std::span<const VectorRow> rows, SegmentFileWriter& out) {
  const VectorEncoding encoding = options.index_options.encoding;
  ByteWriter header;
  header.fixed(encoding);
  header.raw(std::string(3, '\0'));
  header.fixed(options.dims);
  header.fixed(static_cast<uint32_t>(rows.size()));
  header.raw(std::string(kHeaderBytes - header.size(), '\0'));
  std::vector<float> centroid;
  if (encoding == VectorEncoding::kBinary) centroid = centroid_of(options, rows);
  for (const float value : centroid) header.fixed(value);
  out.append(header.bytes());
  VectorValues values;
  std::string bytes;
  for (const VectorRow& row : rows) {
    comparable_values(options, row, values);
    bytes.clear();
    if (encoding == VectorEncoding::kBinary) {
      encode_binary(values, centroid, bytes);
    } else {
      encode_scalar(encoding, values, bytes);
    }
    if (options.similarity == VectorSimilarity::kL2Norm) put(static_cast<float>(dot_of(values, values)), bytes);
    out.append(bytes);
  }
}

base::Result<CodeRows> CodeRows::open(std::string_view section, const VectorRows& rows) {
  ByteReader in(section);
  CodeRows codes;
  const auto encoding = in.fixed<uint8_t>();
  in.raw(3);
  codes.dims_ = in.fixed<uint32_t>();
  const auto size = in.fixed<uint32_t>();
  in.raw(kHeaderBytes - 12);
  if (!in.ok() || encoding < 1 || encoding > 3) return corrupt();
  if (codes.dims_ != static_cast<uint32_t>(rows.options().dims) || size != rows.size()) return corrupt();
  codes.encoding_ = static_cast<VectorEncoding>(encoding);
  codes.similarity_ = rows.options().similarity;
  if (codes.encoding_ == VectorEncoding::kBinary) {
    for (uint32_t i = 0; i < codes.dims_; ++i) codes.centroid_.push_back(in.fixed<float>());
  }
  codes.row_bytes_ = row_bytes_of(codes.encoding_, codes.similarity_, codes.dims_);
  codes.rows_ = in.raw(codes.row_bytes_ * size).data();
  if (!in.ok() || !in.done()) return corrupt();
  return codes;
}

std::unique_ptr<VectorComparer> CodeRows::comparer(std::span<const float> query) const {
  std::vector<float> values(query.begin(), query.end());
  if (similarity_ == VectorSimilarity::kCosine) {
    const auto length = static_cast<float>(std::sqrt(dot_of(query, query)));
    for (float& value : values) value /= length;
  }
  const bool l2 = similarity_ == VectorSimilarity::kL2Norm;
  if (encoding_ != VectorEncoding::kBinary)
    return std::make_unique<ScalarCodeComparer>(encoding_, rows_, row_bytes_, l2, std::span<const float>(values));
  std::vector<float> rest(values);
  for (size_t i = 0; i < rest.size(); ++i) rest[i] -= centroid_[i];
  return std::make_unique<BinaryCodeComparer>(rows_, row_bytes_, l2, std::span<const float>(values), std::span<const float>(rest),
                                              dot_of(rest, centroid_));
}

}  // namespace selene::index
