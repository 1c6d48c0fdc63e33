#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/archives/safetensors.h"
#include "models/layers/embedding.h"
#include "models/layers/linear.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// The number type of linear layers in a tier.
NumberType linear_type(Tier tier);

enum class Bias : uint8_t { kNone, kRequired };
inline Bias bias_if(bool present) { return present ? Bias::kRequired : Bias::kNone; }

/// Takes named weights out of a TensorMap, checks their shapes against what the config says, and puts them into the form layers run
/// on. Errors name the weights file, the tensor, its shape and the one expected: kIllegalArgument. One thread.
class WeightLoader {
 public:
  /// `prefix` stands before every name ("bert.", or "").
  WeightLoader(const KernelTable& table, Tier tier, const TensorMap& tensors, std::string prefix)
      : table_(table), tier_(tier), tensors_(tensors), prefix_(std::move(prefix)) {}

  const KernelTable& table() const { return table_; }
  Tier tier() const { return tier_; }
  const std::string& prefix() const { return prefix_; }
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
  bool contains(std::string_view name) const { return tensors_.find(prefix_ + std::string(name)) != nullptr; }

  /// The layers `names` (without ".weight") side by side as one, each [out, in], in the tier's number type.
  base::Result<Linear> linear(std::initializer_list<std::string> names, int64_t out, int64_t in, Bias bias = Bias::kRequired);
  /// Rows [first, end) of the layer `name` [out, in], as a layer of its own.
  struct RowRange {
    int64_t first, end;
  };
  base::Result<Linear> linear_rows(const std::string& name, int64_t out, int64_t in, RowRange rows, Bias bias);
  /// The rows of the matrix `weight` [out, in] cut into layers of `slice_rows` (the last one has what is left), with their part of
  /// the vector `bias` [out]; both are full names under the prefix, no name: no bias.
  base::Result<std::vector<Linear>> linear_slices(const std::string& weight, const std::string& bias, int64_t out, int64_t in,
                                                  int64_t slice_rows);
  /// A layer in float32 whatever the tier: for heads, which run once a row.
  base::Result<Linear> linear_f32(const std::string& name, int64_t out, int64_t in, Bias bias = Bias::kRequired);
  /// `name`.weight and .bias, or .gamma and .beta as old checkpoints call them.
  base::Result<LayerNorm> layer_norm(const std::string& name, int64_t size, double eps, Bias bias = Bias::kRequired);
  /// `name`.weight as a norm without mean.
  base::Result<LayerNorm> rms_norm(const std::string& name, int64_t size, double eps);
  /// One output, in float32: row `plus` of the matrix `weight` [rows, cols] less row `minus`, or row `plus` alone if `minus` is -1.
  struct RowPair {
    int64_t plus, minus;
  };
  base::Result<Linear> row_difference(const std::string& weight, int64_t rows, int64_t cols, RowPair pair);
  base::Result<EmbeddingTable> embedding(const std::string& name, int64_t rows, int64_t cols);
  /// Float32 copy of a one-dimensional tensor, zero up to a multiple of the panel.
  base::Result<Buffer<float>> vector(const std::string& name, int64_t size);
  /// The tensor under the prefix with exactly this shape.
  base::Result<const TensorView*> tensor(const std::string& name, std::initializer_list<int64_t> shape) const;

 private:
  base::Result<Linear> make_linear(NumberType type, std::span<const std::string> names, int64_t out, int64_t in, Bias bias);
  base::Status append_vector(const std::string& name, int64_t size, float* to) const;

  const KernelTable& table_;
  Tier tier_;
  const TensorMap& tensors_;
  std::string prefix_;
};

}  // namespace selene::models
