#include "models/architectures/bert.h"

#include <array>
#include <string>

#include "models/layers/weight_loader.h"

namespace selene::models {
base::Result<EmbeddingWeights> load_bert_embeddings(const BertConfig& config, int64_t width, WeightLoader& loader) {
  EmbeddingWeights e;
  ASSIGN_OR_RETURN(e.word, loader.embedding("embeddings.word_embeddings.weight", config.vocab_size, width));
  if (config.positions == PositionEmbeddings::kAbsolute) {
    ASSIGN_OR_RETURN(e.position, loader.embedding("embeddings.position_embeddings.weight", config.max_position_embeddings, width));
  }
  if (config.type_vocab_size > 0) {
    ASSIGN_OR_RETURN(e.token_type, loader.embedding("embeddings.token_type_embeddings.weight", config.type_vocab_size, width));
  }
  ASSIGN_OR_RETURN(e.norm, loader.layer_norm("embeddings.LayerNorm", width, config.layer_norm_eps));
  return e;
}

base::Result<BertConfig> BertConfig::parse(const ConfigReader& reader) {
  constexpr std::array<std::string_view, 1> kPositions = {"absolute"};
  RETURN_IF_ERROR(reader.choice("position_embedding_type", "absolute", kPositions));
  return parse(reader, PositionEmbeddings::kAbsolute);
}

base::Result<BertConfig> BertConfig::parse(const ConfigReader& reader, PositionEmbeddings positions) {
  BertConfig c;
  c.positions = positions;
  ASSIGN_OR_RETURN(c.vocab_size, reader.integer("vocab_size", c.vocab_size, 1, 1 << 24));
  ASSIGN_OR_RETURN(c.hidden_size, reader.integer("hidden_size", c.hidden_size, 1, 16384));
  ASSIGN_OR_RETURN(c.num_hidden_layers, reader.integer("num_hidden_layers", c.num_hidden_layers, 1, 1024));
  ASSIGN_OR_RETURN(c.num_attention_heads, reader.integer("num_attention_heads", c.num_attention_heads, 1, 1024));
  ASSIGN_OR_RETURN(c.intermediate_size, reader.integer("intermediate_size", c.intermediate_size, 1, 65536));
  ASSIGN_OR_RETURN(c.hidden_act, reader.activation("hidden_act", "gelu"));
  ASSIGN_OR_RETURN(c.max_position_embeddings, reader.integer("max_position_embeddings", c.max_position_embeddings, 1, 1 << 20));
  ASSIGN_OR_RETURN(c.type_vocab_size, reader.integer("type_vocab_size", c.type_vocab_size, 0, 65536));
  ASSIGN_OR_RETURN(c.layer_norm_eps, reader.number("layer_norm_eps", c.layer_norm_eps, 0.0, 1.0));
  ASSIGN_OR_RETURN(c.num_labels, reader.num_labels());
  RETURN_IF_ERROR(reader.expect_flag("is_decoder", false));
  RETURN_IF_ERROR(reader.expect_flag("add_cross_attention", false));
  if (c.hidden_size % c.num_attention_heads != 0) {
    return reader.unsupported("num_attention_heads", std::to_string(c.num_attention_heads),
                              base::format("divisors of [hidden_size] {}", c.hidden_size));
  }
  return c;
}

base::Status load_bert_head(const BertConfig& config, ModelKind kind, WeightLoader& loader, EncoderWeights& weights) {
  if (kind == ModelKind::kDenseEncoder) return {};
  const int64_t h = config.hidden_size;
  if (kind == ModelKind::kSparseEncoder) {
    const std::string head = "cls.predictions.";
    const MaskedLmNames names{.dense = head + "transform.dense",
                              .norm = head + "transform.LayerNorm",
                              .decoder = head + "decoder.weight",
                              .decoder_bias = head + "decoder.bias",
                              .bias = head + "bias",
                              .word_embeddings = loader.prefix() + "embeddings.word_embeddings.weight"};
    return load_masked_lm_head(names, {h, config.vocab_size, config.layer_norm_eps}, config.hidden_act, loader, weights);
  }
  ASSIGN_OR_RETURN(HeadLayer pooler, load_head_layer("pooler.dense", h, h, Activation::kTanh, loader));
  loader.set_prefix("");
  ASSIGN_OR_RETURN(HeadLayer classifier, load_head_layer("classifier", config.num_labels, h, Activation::kNone, loader));
  weights.head.layers.push_back(std::move(pooler));
  weights.head.layers.push_back(std::move(classifier));
  return {};
}

base::Result<EncoderWeights> load_bert(const BertConfig& config, ModelKind kind, WeightLoader& loader) {
  find_prefix("bert.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_bert_embeddings(config, config.hidden_size, loader));
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(config.sizes(), config.hidden_act, &bert_layer_names, loader));
  weights.max_length = static_cast<int32_t>(config.max_position_embeddings);
  weights.embeddings = std::move(embeddings);
  RETURN_IF_ERROR(load_bert_head(config, kind, loader, weights));
  return weights;
}

}  // namespace selene::models
