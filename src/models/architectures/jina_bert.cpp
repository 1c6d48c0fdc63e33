#include "models/architectures/jina_bert.h"

#include <array>

#include "models/architectures/positions.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

/// Layer `index` with the gated feed-forward's own names.
base::Result<EncoderLayerWeights> load_gated_layer(const BertConfig& c, int64_t index, WeightLoader& loader) {
  const PostNormNames names = bert_layer_names(index);
  const std::string mlp = base::format("encoder.layer.{}.mlp.", index);
  EncoderLayerWeights w;
  const int64_t h = c.hidden_size;
  ASSIGN_OR_RETURN(w.query, loader.linear({names.query}, h, h));
  ASSIGN_OR_RETURN(w.key_value, loader.linear({names.key, names.value}, h, h));
  ASSIGN_OR_RETURN(w.attention_output, loader.linear({names.attention_output}, h, h));
  ASSIGN_OR_RETURN(w.attention_norm, loader.layer_norm(names.attention_norm, h, c.layer_norm_eps));
  ASSIGN_OR_RETURN(w.up, loader.linear({mlp + "gated_layers"}, 2 * c.intermediate_size, h, Bias::kNone));
  ASSIGN_OR_RETURN(w.down, loader.linear({mlp + "wo"}, h, c.intermediate_size));
  ASSIGN_OR_RETURN(w.ffn_norm, loader.layer_norm(mlp + "layernorm", h, c.layer_norm_eps));
  return w;
}

}  // namespace

base::Result<JinaBertConfig> JinaBertConfig::parse(const ConfigReader& reader) {
  JinaBertConfig c;
  constexpr std::array<std::string_view, 1> kPositions = {"alibi"};
  RETURN_IF_ERROR(reader.choice("position_embedding_type", "absolute", kPositions));
  ASSIGN_OR_RETURN(c.bert, BertConfig::parse(reader, PositionEmbeddings::kNone));
  constexpr std::array<std::string_view, 3> kFeedForwards = {"geglu", "reglu", "original"};
  ASSIGN_OR_RETURN(const std::string type, reader.choice("feed_forward_type", "original", kFeedForwards));
  c.gated = type != "original";
  RETURN_IF_ERROR(reader.check_positions(c.bert.max_position_embeddings, 2 * c.bert.num_attention_heads));
  c.feed_forward_act = !c.gated ? c.bert.hidden_act : type == "geglu" ? Activation::kGelu : Activation::kRelu;
  return c;
}

base::Result<EncoderWeights> load_jina_bert(const JinaBertConfig& config, ModelKind kind, WeightLoader& loader) {
  const BertConfig& bert = config.bert;
  find_prefix("bert.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_bert_embeddings(bert, bert.hidden_size, loader));
  EncoderWeights weights;
  if (config.gated) {
    weights = sized_weights(bert.sizes(), config.feed_forward_act);
    for (int64_t i = 0; i < bert.num_hidden_layers; ++i) {
      ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_gated_layer(bert, i, loader));
      weights.layers.push_back(std::move(layer));
    }
  } else {
    ASSIGN_OR_RETURN(weights, load_post_norm_layers(bert.sizes(), config.feed_forward_act, &bert_layer_names, loader));
  }
  weights.gated = config.gated;
  weights.max_length = static_cast<int32_t>(bert.max_position_embeddings);
  weights.position_bias = alibi_bias(bert.num_attention_heads, weights.max_length);
  weights.embeddings = std::move(embeddings);
  RETURN_IF_ERROR(load_bert_head(bert, kind, loader, weights));
  return weights;
}

}  // namespace selene::models
