#include "models/architectures/bert.h"

#include <array>
#include <string>

#include "models/architectures/encoder_model.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

base::Result<EmbeddingWeights> load_embeddings(const BertConfig& config, WeightLoader& loader) {
  EmbeddingWeights e;
  const int64_t h = config.hidden_size;
  ASSIGN_OR_RETURN(e.word, loader.embedding("embeddings.word_embeddings.weight", config.vocab_size, h));
  ASSIGN_OR_RETURN(e.position, loader.embedding("embeddings.position_embeddings.weight", config.max_position_embeddings, h));
  if (config.type_vocab_size > 0) {
    ASSIGN_OR_RETURN(e.token_type, loader.embedding("embeddings.token_type_embeddings.weight", config.type_vocab_size, h));
  }
  ASSIGN_OR_RETURN(e.norm, loader.layer_norm("embeddings.LayerNorm", h, config.layer_norm_eps));
  return e;
}

base::Result<EncoderLayerWeights> load_layer(const BertConfig& config, int64_t index, WeightLoader& loader) {
  EncoderLayerWeights w;
  const std::string name = base::format("encoder.layer.{}.", index);
  const int64_t h = config.hidden_size;
  const int64_t i = config.intermediate_size;
  ASSIGN_OR_RETURN(w.query, loader.linear({name + "attention.self.query"}, h, h));
  ASSIGN_OR_RETURN(w.key_value, loader.linear({name + "attention.self.key", name + "attention.self.value"}, h, h));
  ASSIGN_OR_RETURN(w.attention_output, loader.linear({name + "attention.output.dense"}, h, h));
  ASSIGN_OR_RETURN(w.attention_norm, loader.layer_norm(name + "attention.output.LayerNorm", h, config.layer_norm_eps));
  ASSIGN_OR_RETURN(w.up, loader.linear({name + "intermediate.dense"}, i, h));
  ASSIGN_OR_RETURN(w.down, loader.linear({name + "output.dense"}, h, i));
  ASSIGN_OR_RETURN(w.ffn_norm, loader.layer_norm(name + "output.LayerNorm", h, config.layer_norm_eps));
  return w;
}

}  // namespace

base::Result<BertConfig> BertConfig::parse(const ConfigReader& reader) {
  BertConfig c;
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
  constexpr std::array<std::string_view, 1> kPositions = {"absolute"};
  RETURN_IF_ERROR(reader.choice("position_embedding_type", "absolute", kPositions));
  RETURN_IF_ERROR(reader.expect_flag("is_decoder", false));
  RETURN_IF_ERROR(reader.expect_flag("add_cross_attention", false));
  if (c.hidden_size % c.num_attention_heads != 0) {
    return reader.unsupported("num_attention_heads", std::to_string(c.num_attention_heads),
                              base::format("divisors of [hidden_size] {}", c.hidden_size));
  }
  return c;
}

base::Result<std::unique_ptr<CrossEncoder>> load_bert(const BertConfig& config, std::shared_ptr<const TensorMap> tensors,
                                                      const KernelTable& table, Tier tier) {
  WeightLoader loader(table, tier, *tensors, "bert.");
  if (!loader.contains("embeddings.word_embeddings.weight")) loader.set_prefix("");
  const int64_t h = config.hidden_size;
  EncoderWeights weights;
  weights.hidden_size = static_cast<int32_t>(h);
  weights.num_heads = static_cast<int32_t>(config.num_attention_heads);
  weights.intermediate_size = static_cast<int32_t>(config.intermediate_size);
  weights.max_length = static_cast<int32_t>(config.max_position_embeddings);
  weights.hidden_act = config.hidden_act;
  ASSIGN_OR_RETURN(weights.embeddings, load_embeddings(config, loader));
  for (int64_t i = 0; i < config.num_hidden_layers; ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_layer(config, i, loader));
    weights.layers.push_back(std::move(layer));
  }
  ASSIGN_OR_RETURN(weights.head.dense, loader.linear_f32("pooler.dense", h, h));
  weights.head.activation = Activation::kTanh;
  loader.set_prefix("");
  ASSIGN_OR_RETURN(weights.head.classifier, loader.linear_f32("classifier", config.num_labels, h));
  return std::unique_ptr<CrossEncoder>(std::make_unique<EncoderModel>(table, tier, std::move(weights), std::move(tensors)));
}

}  // namespace selene::models
