#include "models/layers/weight_loader.h"

#include <algorithm>
#include <cmath>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

/// Whether all elements are finite, by exponent bits; `Word` as wide as the element.
template <class Word>
bool all_finite(const std::byte* bytes, int64_t count, Word exponent_mask) {
  const Word* words = reinterpret_cast<const Word*>(bytes);
  Word found = 0;
  for (int64_t i = 0; i < count; ++i) found |= static_cast<Word>((words[i] & exponent_mask) == exponent_mask);
  return found == 0;
}

bool tensor_is_finite(const TensorView& tensor, NumberType type) {
  const auto count = static_cast<int64_t>(tensor.bytes.size()) / dtype_bytes(tensor.dtype);
  switch (type) {
    case NumberType::kF32: return all_finite<uint32_t>(tensor.bytes.data(), count, 0x7F800000U);
    case NumberType::kF16: return all_finite<uint16_t>(tensor.bytes.data(), count, 0x7C00U);
    case NumberType::kBf16: return all_finite<uint16_t>(tensor.bytes.data(), count, 0x7F80U);
    case NumberType::kI8: return true;
  }
  return true;
}

Error not_finite(const TensorMap& tensors, const TensorView& tensor) {
  return Error(ErrorCode::kIllegalArgument, "[{}]: tensor [{}] holds a weight that is not a finite number",
               tensors.source().string(), tensor.name);
}

}  // namespace

NumberType linear_type(Tier tier) {
  switch (tier) {
    case Tier::kFp32: return NumberType::kF32;
    case Tier::kBf16: return NumberType::kBf16;
    case Tier::kInt8: return NumberType::kI8;
  }
  return NumberType::kF32;
}

base::Result<const TensorView*> WeightLoader::tensor(const std::string& name, std::initializer_list<int64_t> shape) const {
  const TensorView* found = tensors_.find(prefix_ + name);
  if (found == nullptr) {
    return Error(ErrorCode::kIllegalArgument, "[{}] has no tensor [{}]", tensors_.source().string(), prefix_ + name);
  }
  if (!std::equal(found->shape.begin(), found->shape.end(), shape.begin(), shape.end())) {
    return Error(ErrorCode::kIllegalArgument, "[{}]: tensor [{}] has shape {}, but config.json asks for {}",
                 tensors_.source().string(), found->name, shape_text(found->shape), shape_text({shape.begin(), shape.size()}));
  }
  RETURN_IF_ERROR(weight_type(*found));
  return found;
}

base::Status WeightLoader::append_vector(const std::string& name, int64_t size, float* to) const {
  ASSIGN_OR_RETURN(const TensorView* found, tensor(name, {size}));
  ASSIGN_OR_RETURN(const NumberType type, weight_type(*found));
  if (!tensor_is_finite(*found, type)) return not_finite(tensors_, *found);
  table_.convert_row(found->bytes.data(), type, to, static_cast<int32_t>(size));
  return {};
}

base::Result<Buffer<float>> WeightLoader::vector(const std::string& name, int64_t size) {
  Buffer<float> values(row_stride(size));
  RETURN_IF_ERROR(append_vector(name, size, values.data()));
  return values;
}

base::Result<Linear> WeightLoader::make_linear(NumberType type, std::span<const std::string> names, int64_t out, int64_t in,
                                               Bias bias) {
  Linear layer;
  std::vector<MatrixPart> parts;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const TensorView* found, tensor(name + ".weight", {out, in}));
    parts.push_back({found, 0, out});
  }
  ASSIGN_OR_RETURN(layer.weight, PackedMatrix::pack(table_, type, parts, in));
  for (const MatrixPart& part : parts) tensors_.release(*part.tensor);
  if (bias == Bias::kNone) return layer;
  layer.bias.reserve(row_stride(out * static_cast<int64_t>(names.size())));
  float* to = layer.bias.data();
  for (const std::string& name : names) {
    RETURN_IF_ERROR(append_vector(name + ".bias", out, to));
    to += out;
  }
  return layer;
}

base::Result<Linear> WeightLoader::linear(std::initializer_list<std::string> names, int64_t out, int64_t in, Bias bias) {
  return make_linear(linear_type(tier_), {names.begin(), names.size()}, out, in, bias);
}

base::Result<Linear> WeightLoader::linear_rows(const std::string& name, int64_t out, int64_t in, RowRange rows, Bias bias) {
  Linear layer;
  ASSIGN_OR_RETURN(const TensorView* found, tensor(name + ".weight", {out, in}));
  const MatrixPart part{found, rows.first, rows.end - rows.first};
  ASSIGN_OR_RETURN(layer.weight, PackedMatrix::pack(table_, linear_type(tier_), {&part, 1}, in));
  if (bias == Bias::kNone) return layer;
  ASSIGN_OR_RETURN(const Buffer<float> all, vector(name + ".bias", out));
  layer.bias.reserve(row_stride(part.num_rows));
  std::copy(all.data() + rows.first, all.data() + rows.end, layer.bias.data());
  return layer;
}

base::Result<std::vector<Linear>> WeightLoader::linear_slices(const std::string& weight, const std::string& bias, int64_t out,
                                                              int64_t in, int64_t slice_rows) {
  ASSIGN_OR_RETURN(const TensorView* found, tensor(weight, {out, in}));
  Buffer<float> all;
  if (!bias.empty()) {
    ASSIGN_OR_RETURN(all, vector(bias, out));
  }
  std::vector<Linear> slices;
  for (int64_t first = 0; first < out; first += slice_rows) {
    Linear slice;
    const MatrixPart part{found, first, std::min(slice_rows, out - first)};
    ASSIGN_OR_RETURN(slice.weight, PackedMatrix::pack(table_, linear_type(tier_), {&part, 1}, in));
    if (!bias.empty()) {
      slice.bias.reserve(row_stride(part.num_rows));
      std::copy(all.data() + first, all.data() + first + part.num_rows, slice.bias.data());
    }
    slices.push_back(std::move(slice));
  }
  tensors_.release(*found);
  return slices;
}

base::Result<Linear> WeightLoader::linear_f32(const std::string& name, int64_t out, int64_t in, Bias bias) {
  return make_linear(NumberType::kF32, {&name, 1}, out, in, bias);
}

base::Result<LayerNorm> WeightLoader::layer_norm(const std::string& name, int64_t size, double eps, Bias bias) {
  const bool old_names = !contains(name + ".weight") && contains(name + ".gamma");
  LayerNorm norm;
  norm.eps = static_cast<float>(eps);
  ASSIGN_OR_RETURN(norm.gamma, vector(name + (old_names ? ".gamma" : ".weight"), size));
  if (bias == Bias::kRequired) {
    ASSIGN_OR_RETURN(norm.beta, vector(name + (old_names ? ".beta" : ".bias"), size));
  }
  return norm;
}

base::Result<LayerNorm> WeightLoader::rms_norm(const std::string& name, int64_t size, double eps) {
  ASSIGN_OR_RETURN(LayerNorm norm, layer_norm(name, size, eps, Bias::kNone));
  norm.kind = NormKind::kRootMeanSquare;
  return norm;
}

base::Result<Linear> WeightLoader::row_difference(const std::string& weight, int64_t rows, int64_t cols, RowPair pair) {
  ASSIGN_OR_RETURN(const EmbeddingTable table, embedding(weight, rows, cols));
  if (pair.plus < 0 || pair.plus >= rows || pair.minus >= rows) {
    return Error(ErrorCode::kIllegalArgument, "[{}]: tensor [{}] has [{}] rows, not those of tokens [{}] and [{}]",
                 tensors_.source().string(), prefix_ + weight, rows, pair.plus, pair.minus);
  }
  Buffer<float> minus(row_stride(cols));
  std::vector<float> difference(static_cast<size_t>(row_stride(cols)));
  table.copy_row(table_, pair.plus, difference.data());
  if (pair.minus >= 0) table.copy_row(table_, pair.minus, minus.data());
  for (int64_t i = 0; i < cols; ++i) difference[static_cast<size_t>(i)] -= minus[i];
  const auto size = static_cast<size_t>(cols);
  const TensorView row{prefix_ + weight, DType::kF32, {1, cols}, std::as_bytes(std::span(difference).first(size))};
  const MatrixPart part{&row, 0, 1};
  Linear layer;
  ASSIGN_OR_RETURN(layer.weight, PackedMatrix::pack(table_, NumberType::kF32, {&part, 1}, cols));
  return layer;
}

base::Result<EmbeddingTable> WeightLoader::embedding(const std::string& name, int64_t rows, int64_t cols) {
  ASSIGN_OR_RETURN(const TensorView* found, tensor(name, {rows, cols}));
  ASSIGN_OR_RETURN(const NumberType type, weight_type(*found));
  if (!tensor_is_finite(*found, type)) return not_finite(tensors_, *found);
  tensors_.release(*found);
  return EmbeddingTable{found->bytes.data(), type, rows, cols};
}

}  // namespace selene::models
