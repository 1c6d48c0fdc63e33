#include "models/architectures/mpnet.h"

#include <algorithm>
#include <cmath>

namespace selene::models {
namespace {

constexpr int64_t kMaxDistance = 128;  // fixed in the architecture

PostNormNames mpnet_layer_names(int64_t layer) {
  const std::string name = base::format("encoder.layer.{}.", layer);
  return {.query = name + "attention.attn.q",
          .key = name + "attention.attn.k",
          .value = name + "attention.attn.v",
          .attention_output = name + "attention.attn.o",
          .attention_norm = name + "attention.LayerNorm",
          .up = name + "intermediate.dense",
          .down = name + "output.dense",
          .ffn_norm = name + "output.LayerNorm"};
}

}  // namespace

int64_t relative_position_bucket(int64_t relative_position, int64_t num_buckets) {
  const int64_t half = num_buckets / 2;
  const int64_t side = relative_position > 0 ? half : 0;
  const int64_t distance = std::abs(relative_position);
  const int64_t exact = half / 2;
  if (distance < exact) return side + distance;
  // float32 as in transformers: the bucket's edges depend on the rounding.
  const float position = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                         static_cast<float>(std::log(static_cast<double>(kMaxDistance) / static_cast<double>(exact))) *
                         static_cast<float>(half - exact);
  return side + std::min(exact + static_cast<int64_t>(position), half - 1);
}

base::Result<PositionBias> load_relative_bias(const std::string& name, int64_t buckets, int64_t heads, int64_t max_length,
                                              WeightLoader& loader) {
  ASSIGN_OR_RETURN(const EmbeddingTable stored, loader.embedding(name, buckets, heads));
  Buffer<float> rows(buckets * heads);
  for (int64_t b = 0; b < buckets; ++b) stored.copy_row(loader.table(), b, rows.data() + b * heads);
  const int64_t width = 2 * max_length - 1;
  PositionBias bias;
  bias.head_stride = width;
  bias.values.reserve(heads * width);
  for (int64_t i = 0; i < width; ++i) {
    const int64_t bucket = relative_position_bucket(i - (max_length - 1), buckets);
    for (int64_t h = 0; h < heads; ++h) bias.values[h * width + i] = rows[bucket * heads + h];
  }
  return bias;
}

base::Result<MpnetConfig> MpnetConfig::parse(const ConfigReader& reader) {
  MpnetConfig c;
  ASSIGN_OR_RETURN(c.roberta, RobertaConfig::parse(reader));
  ASSIGN_OR_RETURN(c.relative_attention_num_buckets,
                   reader.integer("relative_attention_num_buckets", c.relative_attention_num_buckets, 4, 4096));
  RETURN_IF_ERROR(reader.check_positions(c.roberta.bert.max_position_embeddings, 2 * c.roberta.bert.num_attention_heads));
  if (c.roberta.pad_token_id != 1) {
    return reader.unsupported("pad_token_id", std::to_string(c.roberta.pad_token_id), "1");  // positions begin behind 1 in any case
  }
  return c;
}

base::Result<EncoderWeights> load_mpnet(const MpnetConfig& config, ModelKind kind, WeightLoader& loader) {
  BertConfig bert = config.roberta.bert;
  bert.type_vocab_size = 0;
  find_prefix("mpnet.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_bert_embeddings(bert, bert.hidden_size, loader));
  embeddings.padding_id = static_cast<int32_t>(config.roberta.pad_token_id);
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(bert.sizes(), bert.hidden_act, &mpnet_layer_names, loader));
  weights.max_length = static_cast<int32_t>(bert.max_position_embeddings - config.roberta.pad_token_id - 1);
  weights.embeddings = std::move(embeddings);
  ASSIGN_OR_RETURN(weights.position_bias,
                   load_relative_bias("encoder.relative_attention_bias.weight", config.relative_attention_num_buckets,
                                      bert.num_attention_heads, weights.max_length, loader));
  if (kind == ModelKind::kDenseEncoder) return weights;
  if (kind == ModelKind::kSparseEncoder) {
    const MaskedLmNames names{.dense = "lm_head.dense",
                              .norm = "lm_head.layer_norm",
                              .decoder = "lm_head.decoder.weight",
                              .decoder_bias = "lm_head.decoder.bias",
                              .bias = "lm_head.bias",
                              .word_embeddings = loader.prefix() + "embeddings.word_embeddings.weight"};
    RETURN_IF_ERROR(
        load_masked_lm_head(names, {bert.hidden_size, bert.vocab_size, bert.layer_norm_eps}, Activation::kGelu, loader, weights));
    return weights;
  }
  ASSIGN_OR_RETURN(weights.head, load_dense_head("classifier.dense", Activation::kTanh, "classifier.out_proj", bert.hidden_size,
                                                 bert.num_labels, loader));
  return weights;
}

}  // namespace selene::models
