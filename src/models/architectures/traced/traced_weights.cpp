#include "models/architectures/traced/traced_weights.h"

#include <algorithm>
#include <cstring>

#include "models/architectures/traced/dataflow.h"

namespace selene::models {
namespace {

constexpr int64_t kAny = -1;  // a dimension that is taken as it is
constexpr int64_t kZeroTypeRows = 2;

class WeightCollector {
 public:
  WeightCollector(const TorchScriptArchive& archive, const TracedModel& model) : archive_(archive), model_(model) {}

  base::Status collect();
  base::Result<TracedWeights> finish(std::string source, std::shared_ptr<const void> owner);

 private:
  base::Result<const TensorView*> tensor(int64_t constant, std::string_view name) const;
  /// Adds a tensor under `name`; gives its first dimension.
  base::Result<int64_t> add(const std::string& name, int64_t constant, std::initializer_list<int64_t> shape);
  base::Status add_norm(const std::string& name, const TracedNorm& norm, int64_t size);
  base::Result<int64_t> add_linear(const std::string& name, const TracedLinear& linear, int64_t out, int64_t in);
  base::Result<int64_t> add_packed(const std::string& name, const PackedLinear& packed, int64_t out, int64_t in);
  base::Status add_bias(const std::string& name, const TensorView* bias, int64_t size);
  base::Status collect_embeddings();
  base::Status collect_layer(size_t index);
  base::Status collect_head();
  void add_view(const std::string& name, TensorView view);
  std::span<float> make_floats(size_t count);

  const TorchScriptArchive& archive_;
  const TracedModel& model_;
  TracedSizes sizes_;
  std::vector<TensorView> views_;
  std::vector<std::vector<float>> made_;
};

bool is_weight_type(DType dtype) { return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBf16; }

base::Status check_shape(const TensorView& view, std::string_view name, std::initializer_list<int64_t> shape) {
  const bool fits = std::equal(view.shape.begin(), view.shape.end(), shape.begin(), shape.end(),
                               [](int64_t given, int64_t wanted) { return given == wanted || (wanted == kAny && given > 0); });
  if (fits) return {};
  return unmatched("{} ({}) has shape {}, which does not fit {}", view.name, name, shape_text(view.shape),
                   shape_text({shape.begin(), shape.size()}));
}

void WeightCollector::add_view(const std::string& name, TensorView view) {
  view.name = name;
  views_.push_back(std::move(view));
}

std::span<float> WeightCollector::make_floats(size_t count) { return made_.emplace_back(count, 0.0F); }

base::Result<const TensorView*> WeightCollector::tensor(int64_t constant, std::string_view name) const {
  const auto* view = std::get_if<TensorView>(&archive_.constants[static_cast<size_t>(constant)]);
  if (view == nullptr || !is_weight_type(view->dtype))
    return unmatched("CONSTANTS.c{} ({}) is not a tensor of weights", constant, name);
  return view;
}

base::Result<int64_t> WeightCollector::add(const std::string& name, int64_t constant, std::initializer_list<int64_t> shape) {
  ASSIGN_OR_RETURN(const TensorView* view, tensor(constant, name));
  RETURN_IF_ERROR(check_shape(*view, name, shape));
  add_view(name, *view);
  return view->shape.front();
}

base::Status WeightCollector::add_norm(const std::string& name, const TracedNorm& norm, int64_t size) {
  RETURN_IF_ERROR(add(name + ".weight", norm.gamma, {size}));
  RETURN_IF_ERROR(add(name + ".bias", norm.beta, {size}));
  return {};
}

base::Status WeightCollector::add_bias(const std::string& name, const TensorView* bias, int64_t size) {
  if (bias != nullptr) {
    RETURN_IF_ERROR(check_shape(*bias, name, {size}));
    if (!is_weight_type(bias->dtype)) return unmatched("{} ({}) is not a tensor of weights", bias->name, name);
    add_view(name, *bias);
    return {};
  }
  const std::span<float> zeros = make_floats(static_cast<size_t>(size));
  add_view(name, {name, DType::kF32, {size}, std::as_bytes(zeros)});
  return {};
}

base::Result<int64_t> WeightCollector::add_packed(const std::string& name, const PackedLinear& packed, int64_t out, int64_t in) {
  RETURN_IF_ERROR(check_shape(packed.weight, name, {out, in}));
  if (packed.weight.dtype != DType::kI8) return unmatched("{} ({}) is not of int8", packed.weight.name, name);
  const std::span<float> values = make_floats(packed.weight.bytes.size());
  const auto* from = reinterpret_cast<const int8_t*>(packed.weight.bytes.data());
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(from[i]) * packed.scale;
  add_view(name + ".weight", {name, DType::kF32, packed.weight.shape, std::as_bytes(values)});
  RETURN_IF_ERROR(add_bias(name + ".bias", packed.bias ? &*packed.bias : nullptr, packed.weight.shape[0]));
  sizes_.quantized = true;
  return packed.weight.shape[0];
}

/// Gives the number of rows.
base::Result<int64_t> WeightCollector::add_linear(const std::string& name, const TracedLinear& linear, int64_t out, int64_t in) {
  if (const auto* packed = std::get_if<PackedLinear>(&archive_.constants[static_cast<size_t>(linear.weight)])) {
    return add_packed(name, *packed, out, in);
  }
  ASSIGN_OR_RETURN(const int64_t rows, add(name + ".weight", linear.weight, {out, in}));
  const TensorView* bias = nullptr;
  if (linear.bias >= 0) {
    ASSIGN_OR_RETURN(bias, tensor(linear.bias, name + ".bias"));
  }
  RETURN_IF_ERROR(add_bias(name + ".bias", bias, rows));
  return rows;
}

base::Status WeightCollector::collect_embeddings() {
  ASSIGN_OR_RETURN(const TensorView* word, tensor(model_.word, "word"));
  RETURN_IF_ERROR(check_shape(*word, "word", {kAny, kAny}));
  const int64_t width = word->shape[1];
  sizes_.embedding_size = sizes_.hidden_size = width;
  ASSIGN_OR_RETURN(sizes_.vocab_size, add("word", model_.word, {kAny, width}));
  if (model_.position >= 0) {
    ASSIGN_OR_RETURN(sizes_.position_rows, add("position", model_.position, {kAny, width}));
  }
  if (model_.token_type >= 0) {
    ASSIGN_OR_RETURN(sizes_.type_rows, add("token_type", model_.token_type, {kAny, width}));
    if (model_.zero_token_types) {  // whatever types a tokenizer gives, the model sees the first
      const TensorView first = views_.back();
      if (first.dtype != DType::kF32) return unmatched("the table of token types is not of float32");
      const std::span<float> rows = make_floats(static_cast<size_t>(kZeroTypeRows * width));
      for (int64_t r = 0; r < kZeroTypeRows; ++r)
        std::memcpy(rows.data() + r * width, first.bytes.data(), static_cast<size_t>(width) * 4);
      views_.back() = {"token_type", DType::kF32, {kZeroTypeRows, width}, std::as_bytes(rows)};
      sizes_.type_rows = kZeroTypeRows;
    }
  }
  RETURN_IF_ERROR(add_norm("embedding_norm", model_.embedding_norm, width));
  if (!model_.embedding_projection.empty()) {
    ASSIGN_OR_RETURN(sizes_.hidden_size, add_linear("embedding_projection", model_.embedding_projection, kAny, width));
  }
  return {};
}

base::Status WeightCollector::collect_layer(size_t index) {
  const TracedLayer& layer = model_.layers[index];
  const std::string name = base::format("layer.{}.", index);
  const int64_t h = sizes_.hidden_size;
  RETURN_IF_ERROR(add_linear(name + "query", layer.query, h, h));
  RETURN_IF_ERROR(add_linear(name + "key", layer.key, h, h));
  RETURN_IF_ERROR(add_linear(name + "value", layer.value, h, h));
  RETURN_IF_ERROR(add_linear(name + "attention_output", layer.attention_output, h, h));
  RETURN_IF_ERROR(add_norm(name + "attention_norm", layer.attention_norm, h));
  ASSIGN_OR_RETURN(const int64_t up, add_linear(name + "up", layer.up, index == 0 ? kAny : sizes_.intermediate_size, h));
  sizes_.intermediate_size = up;
  RETURN_IF_ERROR(add_linear(name + "down", layer.down, h, up));
  RETURN_IF_ERROR(add_norm(name + "ffn_norm", layer.ffn_norm, h));
  const int64_t heads = model_.num_heads;
  const int64_t rows = model_.disentangled ? 2 * model_.disentangled->span : 0;
  const auto add_positions = [&](const std::string& what, int64_t constant) -> base::Status {
    if (constant < 0) return {};
    RETURN_IF_ERROR(add(name + what, constant, {heads, rows, h / heads}));
    views_.back().shape = {heads * rows, h / heads};
    return {};
  };
  RETURN_IF_ERROR(add_positions("position_keys", layer.position_keys));
  RETURN_IF_ERROR(add_positions("position_queries", layer.position_queries));
  return {};
}

base::Status WeightCollector::collect_head() {
  const int64_t h = sizes_.hidden_size;
  if (!model_.head_dense.empty()) {
    const bool masked_lm = model_.head == TracedHead::kMaskedLm;
    ASSIGN_OR_RETURN(sizes_.head_size, add_linear("head_dense", model_.head_dense, masked_lm ? h : kAny, h));
    if (masked_lm) RETURN_IF_ERROR(add_norm("head_norm", model_.head_norm, sizes_.head_size));
  }
  if (model_.head_output.empty()) return {};
  const int64_t rows = model_.head == TracedHead::kMaskedLm ? sizes_.vocab_size : kAny;
  ASSIGN_OR_RETURN(sizes_.output_size, add_linear("head_output", model_.head_output, rows, sizes_.head_size));
  return {};
}

base::Status WeightCollector::collect() {
  RETURN_IF_ERROR(collect_embeddings());
  if (model_.num_heads < 1 || sizes_.hidden_size % model_.num_heads != 0) {
    return unmatched("[{}] attention heads do not divide [{}] hidden units", model_.num_heads, sizes_.hidden_size);
  }
  for (size_t i = 0; i < model_.layers.size(); ++i) RETURN_IF_ERROR(collect_layer(i));
  if (model_.relative_bias >= 0) {
    ASSIGN_OR_RETURN(sizes_.bias_buckets, add("relative_bias", model_.relative_bias, {kAny, model_.num_heads}));
  }
  if (model_.disentangled && model_.disentangled->relative_table >= 0) {
    RETURN_IF_ERROR(
        add("relative_table", model_.disentangled->relative_table, {2 * model_.disentangled->span, sizes_.hidden_size}));
  }
  return collect_head();
}

base::Result<TracedWeights> WeightCollector::finish(std::string source, std::shared_ptr<const void> owner) {
  struct Kept {
    std::shared_ptr<const void> archive;
    std::vector<std::vector<float>> made;
  };
  auto kept = std::make_shared<const Kept>(Kept{std::move(owner), std::move(made_)});
  TracedWeights weights;
  weights.sizes = sizes_;
  weights.tensors = std::make_shared<const TensorMap>(TensorMap::of_views(std::move(source), std::move(views_), std::move(kept)));
  return weights;
}

}  // namespace

base::Result<TracedWeights> TracedWeights::collect(const TorchScriptArchive& archive, const TracedModel& model, std::string source,
                                                   std::shared_ptr<const void> owner) {
  WeightCollector collector(archive, model);
  RETURN_IF_ERROR(collector.collect());
  return collector.finish(std::move(source), std::move(owner));
}

}  // namespace selene::models
