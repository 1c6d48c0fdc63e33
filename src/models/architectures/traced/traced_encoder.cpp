#include "models/architectures/traced/traced_encoder.h"

#include <algorithm>

#include "models/architectures/deberta.h"
#include "models/architectures/encoder_engine.h"
#include "models/architectures/mpnet.h"
#include "models/architectures/post_norm.h"
#include "models/architectures/traced/dataflow.h"
#include "models/architectures/traced/traced_weights.h"
#include "models/archives/mapped_file.h"
#include "models/layers/dynamic_range.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

PostNormNames layer_names(size_t layer) {
  const std::string name = base::format("layer.{}.", layer);
  return {.query = name + "query",
          .key = name + "key",
          .value = name + "value",
          .attention_output = name + "attention_output",
          .attention_norm = name + "attention_norm",
          .up = name + "up",
          .down = name + "down",
          .ffn_norm = name + "ffn_norm"};
}

class TracedLoader {
 public:
  TracedLoader(const TracedModel& model, const TracedWeights& weights, const KernelTable& table, Tier tier)
      : model_(model), sizes_(weights.sizes), table_(table), tier_(tier), loader_(table, tier, *weights.tensors, "") {}

  base::Result<EncoderWeights> load(const TracedEncoderOptions& options);

 private:
  bool dynamic_activations() const { return sizes_.quantized && tier_ == Tier::kFp32; }
  base::Status load_embeddings(EncoderWeights& weights);
  base::Status load_layers(EncoderWeights& weights);
  base::Status load_positions(EncoderWeights& weights);
  base::Result<std::vector<PackedMatrix>> positions_of(size_t layer, const std::string& folded, const std::string& projection,
                                                       PositionOrder order);
  base::Status load_head(EncoderWeights& weights);
  base::Status set_length(EncoderWeights& weights, const TracedEncoderOptions& options) const;

  const TracedModel& model_;
  const TracedSizes& sizes_;
  const KernelTable& table_;
  const Tier tier_;
  WeightLoader loader_;
};

base::Status TracedLoader::set_length(EncoderWeights& weights, const TracedEncoderOptions& options) const {
  const int64_t used = model_.positions == TracedPositions::kFromPadding ? model_.padding_id + 1 : 0;
  const int64_t limit = sizes_.position_rows > 0 ? sizes_.position_rows - used : options.max_sequence_length;
  if (options.max_sequence_length > limit) {
    return Error(ErrorCode::kIllegalArgument, "[max_sequence_length] is [{}], but the model has positions for [{}] tokens",
                 options.max_sequence_length, std::max<int64_t>(limit, 0));
  }
  if (options.vocab_size > sizes_.vocab_size) {
    return Error(ErrorCode::kIllegalArgument, "the vocabulary has [{}] tokens, but the model has weights for [{}]",
                 options.vocab_size, sizes_.vocab_size);
  }
  weights.max_length = static_cast<int32_t>(limit);
  weights.row_limit = options.max_sequence_length;
  return {};
}

base::Status TracedLoader::load_embeddings(EncoderWeights& weights) {
  EmbeddingWeights& e = weights.embeddings;
  const int64_t width = sizes_.embedding_size;
  ASSIGN_OR_RETURN(e.word, loader_.embedding("word", sizes_.vocab_size, width));
  if (sizes_.position_rows > 0) {
    ASSIGN_OR_RETURN(e.position, loader_.embedding("position", sizes_.position_rows, width));
  }
  if (sizes_.type_rows > 0) {
    ASSIGN_OR_RETURN(e.token_type, loader_.embedding("token_type", sizes_.type_rows, width));
  }
  if (model_.positions == TracedPositions::kFromPadding) e.padding_id = static_cast<int32_t>(model_.padding_id);
  ASSIGN_OR_RETURN(e.norm, loader_.layer_norm("embedding_norm", width, model_.embedding_norm.eps));
  if (!model_.embedding_projection.empty()) {
    ASSIGN_OR_RETURN(e.projection, loader_.linear({"embedding_projection"}, sizes_.hidden_size, width));
  }
  return {};
}

base::Status TracedLoader::load_layers(EncoderWeights& weights) {
  PostNormSizes sizes{sizes_.hidden_size, model_.num_heads, sizes_.intermediate_size, 1, 0.0};
  for (size_t i = 0; i < model_.layers.size(); ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_post_norm_layer(sizes, layer_names(i), loader_));
    layer.attention_norm.eps = static_cast<float>(model_.layers[i].attention_norm.eps);
    layer.ffn_norm.eps = static_cast<float>(model_.layers[i].ffn_norm.eps);
    weights.layers.push_back(std::move(layer));
  }
  return {};
}

/// A layer's positions: those projected before tracing, or the table projected with the layer's own weights.
base::Result<std::vector<PackedMatrix>> TracedLoader::positions_of(size_t layer, const std::string& folded,
                                                                   const std::string& projection, PositionOrder order) {
  const std::string name = base::format("layer.{}.", layer);
  const int64_t rows = 2 * model_.disentangled->span;
  const int64_t h = sizes_.hidden_size;
  const int64_t head_dim = h / model_.num_heads;
  const NumberType type = attention_number_type(table_, linear_type(tier_), static_cast<int32_t>(head_dim));
  Buffer<float> projected(rows * row_stride(h));
  if (loader_.contains(name + folded)) {
    ASSIGN_OR_RETURN(const EmbeddingTable stored, loader_.embedding(name + folded, model_.num_heads * rows, head_dim));
    for (int64_t head = 0; head < model_.num_heads; ++head) {
      for (int64_t r = 0; r < rows; ++r)
        stored.copy_row(table_, head * rows + r, projected.data() + r * row_stride(h) + head * head_dim);
    }
  } else {
    if (!loader_.contains("relative_table")) return unmatched("layer [{}] has no table of positions", layer);
    ASSIGN_OR_RETURN(const EmbeddingTable stored, loader_.embedding("relative_table", rows, h));
    Buffer<float> positions(rows * row_stride(h));
    for (int64_t r = 0; r < rows; ++r) stored.copy_row(table_, r, positions.data() + r * row_stride(h));
    if (dynamic_activations()) round_to_dynamic_range(positions.data(), positions.data(), rows, h, row_stride(h));
    ASSIGN_OR_RETURN(const Linear linear, loader_.linear_f32(name + projection, h, h));
    linear.forward(table_, {positions.data(), row_stride(h) * static_cast<int64_t>(sizeof(float)), nullptr},
                   static_cast<int32_t>(rows), {.y = projected.data()});
  }
  return pack_positions(projected, rows, model_.num_heads, head_dim, order, type, table_);
}

base::Status TracedLoader::load_positions(EncoderWeights& weights) {
  if (sizes_.bias_buckets > 0) {
    ASSIGN_OR_RETURN(weights.position_bias,
                     load_relative_bias("relative_bias", sizes_.bias_buckets, model_.num_heads, weights.max_length, loader_));
  }
  if (!model_.disentangled) return {};
  const TracedDisentangled& positions = *model_.disentangled;
  DebertaConfig config;
  config.position_buckets = positions.buckets;
  config.max_relative_positions = positions.buckets > 0 ? positions.max_position : positions.span;
  weights.num_score_terms = 1 + (positions.content_to_position ? 1 : 0) + (positions.position_to_content ? 1 : 0);
  weights.position_columns = position_columns(config, weights.max_length);
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    PositionProjections& layer = weights.layers[i].positions;
    if (positions.content_to_position) {
      ASSIGN_OR_RETURN(layer.keys, positions_of(i, "position_keys", "key", PositionOrder::kDescending));
    }
    if (positions.position_to_content) {
      ASSIGN_OR_RETURN(layer.queries, positions_of(i, "position_queries", "query", PositionOrder::kAscending));
    }
  }
  return {};
}

base::Status TracedLoader::load_head(EncoderWeights& weights) {
  const int64_t h = sizes_.hidden_size;
  if (model_.head == TracedHead::kMaskedLm) {
    const MaskedLmNames names{.dense = "head_dense",
                              .norm = "head_norm",
                              .decoder = "head_output.weight",
                              .decoder_bias = "head_output.bias",
                              .bias = "head_output.bias",
                              .word_embeddings = "word"};
    return load_masked_lm_head(names, {h, sizes_.vocab_size, model_.head_norm.eps}, model_.head_act, loader_, weights);
  }
  if (!model_.head_dense.empty()) {
    ASSIGN_OR_RETURN(HeadLayer dense, load_head_layer("head_dense", sizes_.head_size, h, model_.head_act, loader_));
    weights.head.layers.push_back(std::move(dense));
  }
  if (!model_.head_output.empty()) {
    ASSIGN_OR_RETURN(HeadLayer output,
                     load_head_layer("head_output", sizes_.output_size, sizes_.head_size, Activation::kNone, loader_));
    weights.head.layers.push_back(std::move(output));
  }
  const bool mean = model_.head == TracedHead::kEmbedding && model_.pooling == TracedPooling::kMean;
  weights.pooling = mean ? Pooling::kMean : Pooling::kFirstToken;
  return {};
}

base::Result<EncoderWeights> TracedLoader::load(const TracedEncoderOptions& options) {
  EncoderWeights weights;
  RETURN_IF_ERROR(set_length(weights, options));
  weights.hidden_size = static_cast<int32_t>(sizes_.hidden_size);
  weights.num_heads = static_cast<int32_t>(model_.num_heads);
  weights.intermediate_size = static_cast<int32_t>(sizes_.intermediate_size);
  weights.hidden_act = model_.hidden_act;
  weights.dynamic_activations = dynamic_activations();
  RETURN_IF_ERROR(load_embeddings(weights));
  RETURN_IF_ERROR(load_layers(weights));
  RETURN_IF_ERROR(load_positions(weights));
  RETURN_IF_ERROR(load_head(weights));
  return weights;
}

/// What tensors point into.
struct OpenedArchive {
  MappedFile file;
  TorchScriptArchive archive;
};

ModelKind kind_of(TracedHead head) {
  switch (head) {
    case TracedHead::kMaskedLm: return ModelKind::kSparseEncoder;
    case TracedHead::kEmbedding: return ModelKind::kDenseEncoder;
    case TracedHead::kClassifier: break;
  }
  return ModelKind::kCrossEncoder;
}

}  // namespace

base::Result<AnyEncoder> load_traced_encoder(const std::filesystem::path& definition, const TracedEncoderOptions& options) {
  auto opened = std::make_shared<OpenedArchive>();
  ASSIGN_OR_RETURN(opened->file, MappedFile::open(definition));
  ASSIGN_OR_RETURN(opened->archive, TorchScriptArchive::read(opened->file.bytes()));
  ASSIGN_OR_RETURN(const TracedModel model, match_traced_model(opened->archive));
  ASSIGN_OR_RETURN(const TracedWeights traced, TracedWeights::collect(opened->archive, model, opened->archive.class_name, opened));
  const KernelTable* table = options.table;
  if (table == nullptr) {
    ASSIGN_OR_RETURN(table, active_kernels());
  }
  TracedLoader loader(model, traced, *table, options.tier);
  ASSIGN_OR_RETURN(EncoderWeights weights, loader.load(options));
  const DenseOptions dense{.normalize = model.normalize,
                           .similarity = model.normalize ? Similarity::kDotProduct : Similarity::kCosine};
  return make_encoder(kind_of(model.head), EncoderEngine(*table, options.tier, std::move(weights), traced.tensors), dense);
}

}  // namespace selene::models
