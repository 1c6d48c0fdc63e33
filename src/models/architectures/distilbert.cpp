#include "models/architectures/distilbert.h"

namespace selene::models {
namespace {

constexpr double kLayerNormEps = 1e-12;  // fixed in the architecture

PostNormNames distilbert_layer_names(int64_t layer) {
  const std::string name = base::format("transformer.layer.{}.", layer);
  return {.query = name + "attention.q_lin",
          .key = name + "attention.k_lin",
          .value = name + "attention.v_lin",
          .attention_output = name + "attention.out_lin",
          .attention_norm = name + "sa_layer_norm",
          .up = name + "ffn.lin1",
          .down = name + "ffn.lin2",
          .ffn_norm = name + "output_layer_norm"};
}

}  // namespace

base::Result<DistilBertConfig> DistilBertConfig::parse(const ConfigReader& reader) {
  DistilBertConfig c;
  ASSIGN_OR_RETURN(c.vocab_size, reader.integer("vocab_size", c.vocab_size, 1, 1 << 24));
  ASSIGN_OR_RETURN(c.dim, reader.integer("dim", c.dim, 1, 16384));
  ASSIGN_OR_RETURN(c.n_layers, reader.integer("n_layers", c.n_layers, 1, 1024));
  ASSIGN_OR_RETURN(c.n_heads, reader.integer("n_heads", c.n_heads, 1, 1024));
  ASSIGN_OR_RETURN(c.hidden_dim, reader.integer("hidden_dim", c.hidden_dim, 1, 65536));
  ASSIGN_OR_RETURN(c.activation, reader.activation("activation", "gelu"));
  ASSIGN_OR_RETURN(c.max_position_embeddings, reader.integer("max_position_embeddings", c.max_position_embeddings, 1, 1 << 20));
  ASSIGN_OR_RETURN(c.num_labels, reader.num_labels());
  if (c.dim % c.n_heads == 0) return c;
  return reader.unsupported("n_heads", std::to_string(c.n_heads), base::format("divisors of [dim] {}", c.dim));
}

base::Result<EncoderWeights> load_distilbert(const DistilBertConfig& config, ModelKind kind, WeightLoader& loader) {
  find_prefix("distilbert.", "embeddings.word_embeddings.weight", loader);
  EmbeddingWeights e;
  ASSIGN_OR_RETURN(e.word, loader.embedding("embeddings.word_embeddings.weight", config.vocab_size, config.dim));
  ASSIGN_OR_RETURN(e.position,
                   loader.embedding("embeddings.position_embeddings.weight", config.max_position_embeddings, config.dim));
  ASSIGN_OR_RETURN(e.norm, loader.layer_norm("embeddings.LayerNorm", config.dim, kLayerNormEps));
  const PostNormSizes sizes{config.dim, config.n_heads, config.hidden_dim, config.n_layers, kLayerNormEps};
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(sizes, config.activation, &distilbert_layer_names, loader));
  weights.max_length = static_cast<int32_t>(config.max_position_embeddings);
  weights.embeddings = std::move(e);
  if (kind == ModelKind::kDenseEncoder) return weights;
  if (kind == ModelKind::kSparseEncoder) {
    const MaskedLmNames names{.dense = "vocab_transform",
                              .norm = "vocab_layer_norm",
                              .decoder = "vocab_projector.weight",
                              .decoder_bias = "vocab_projector.bias",
                              .bias = "vocab_projector.bias",
                              .word_embeddings = loader.prefix() + "embeddings.word_embeddings.weight"};
    RETURN_IF_ERROR(load_masked_lm_head(names, {config.dim, config.vocab_size, kLayerNormEps}, config.activation, loader, weights));
    return weights;
  }
  ASSIGN_OR_RETURN(weights.head,
                   load_dense_head("pre_classifier", Activation::kRelu, "classifier", config.dim, config.num_labels, loader));
  return weights;
}

}  // namespace selene::models
