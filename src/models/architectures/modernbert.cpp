#include "models/architectures/modernbert.h"

#include <array>

#include "models/architectures/positions.h"
#include "models/architectures/post_norm.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

constexpr int32_t kGlobalRotary = 0;
constexpr int32_t kLocalRotary = 1;

base::Status parse_layer_types(const ConfigReader& reader, ModernBertConfig& c) {
  ASSIGN_OR_RETURN(const int64_t every, reader.integer("global_attn_every_n_layers", 3, 1, 1024));
  for (int64_t i = 0; i < c.num_hidden_layers; ++i) c.global_layers.push_back(i % every == 0);
  const base::JsonValue types = reader.value("layer_types");
  if (types.is_null()) return {};
  if (!types.is_array() || static_cast<int64_t>(types.as_array().size()) != c.num_hidden_layers) {
    return reader.unsupported("layer_types", "not one entry a layer", "full_attention, sliding_attention");
  }
  size_t i = 0;
  for (const base::JsonValue type : types.as_array()) {
    const std::string_view name = type.is_string() ? type.as_string() : "not a string";
    if (name != "full_attention" && name != "sliding_attention") {
      return reader.unsupported("layer_types", name.substr(0, 100), "full_attention, sliding_attention");
    }
    c.global_layers[i++] = name == "full_attention";
  }
  return {};
}

base::Status parse_rope(const ConfigReader& reader, std::string_view layer_type, double& theta) {
  const base::JsonValue all = reader.value("rope_parameters");
  if (all.is_null()) return {};
  const base::JsonValue one = all[layer_type];
  if (!one.is_object())
    return reader.unsupported("rope_parameters", "without an entry for each layer type", "full_attention, sliding_attention");
  const base::JsonValue type = one["rope_type"];
  if (!type.is_null() && !(type.is_string() && type.as_string() == "default")) {
    return reader.unsupported("rope_parameters.rope_type", type.is_string() ? type.as_string().substr(0, 100) : "not a string",
                              "default");
  }
  const base::JsonValue value = one["rope_theta"];
  if (!value.is_number() || !(value.as_double() > 1.0 && value.as_double() < 1e12)) {
    return reader.unsupported("rope_parameters.rope_theta", "out of range", "numbers from 1 to 1e12");
  }
  theta = value.as_double();
  return {};
}

base::Result<EncoderLayerWeights> load_layer(const ModernBertConfig& c, int64_t index, WeightLoader& loader) {
  EncoderLayerWeights w;
  const std::string name = base::format("layers.{}.", index);
  const int64_t h = c.hidden_size;
  const bool global = c.global_layers[static_cast<size_t>(index)];
  w.window = global ? -1 : static_cast<int32_t>(c.local_attention / 2);
  w.rotary = global ? kGlobalRotary : kLocalRotary;
  if (index > 0) {
    ASSIGN_OR_RETURN(w.attention_norm, loader.layer_norm(name + "attn_norm", h, c.norm_eps, bias_if(c.norm_bias)));
  }
  const Bias attention_bias = bias_if(c.attention_bias);
  ASSIGN_OR_RETURN(w.query, loader.linear_rows(name + "attn.Wqkv", 3 * h, h, {0, h}, attention_bias));
  ASSIGN_OR_RETURN(w.key_value, loader.linear_rows(name + "attn.Wqkv", 3 * h, h, {h, 3 * h}, attention_bias));
  ASSIGN_OR_RETURN(w.attention_output, loader.linear({name + "attn.Wo"}, h, h, attention_bias));
  ASSIGN_OR_RETURN(w.ffn_norm, loader.layer_norm(name + "mlp_norm", h, c.norm_eps, bias_if(c.norm_bias)));
  ASSIGN_OR_RETURN(w.up, loader.linear({name + "mlp.Wi"}, 2 * c.intermediate_size, h, bias_if(c.mlp_bias)));
  ASSIGN_OR_RETURN(w.down, loader.linear({name + "mlp.Wo"}, h, c.intermediate_size, bias_if(c.mlp_bias)));
  return w;
}

base::Result<HeadWeights> load_head(const ModernBertConfig& c, WeightLoader& loader) {
  HeadWeights head;
  loader.set_prefix("");
  const int64_t h = c.hidden_size;
  ASSIGN_OR_RETURN(HeadLayer dense,
                   load_head_layer("head.dense", h, h, c.classifier_activation, loader, bias_if(c.classifier_bias)));
  ASSIGN_OR_RETURN(dense.norm, loader.layer_norm("head.norm", h, c.norm_eps, bias_if(c.norm_bias)));
  ASSIGN_OR_RETURN(HeadLayer classifier, load_head_layer("classifier", c.num_labels, h, Activation::kNone, loader));
  head.layers.push_back(std::move(dense));
  head.layers.push_back(std::move(classifier));
  return head;
}

base::Status load_decoder(const ModernBertConfig& c, WeightLoader& loader, EncoderWeights& weights) {
  const MaskedLmNames names{.dense = "head.dense",
                            .norm = "head.norm",
                            .decoder = "decoder.weight",
                            .decoder_bias = "decoder.bias",
                            .bias = c.decoder_bias ? "decoder.bias" : "",
                            .word_embeddings = loader.prefix() + "embeddings.tok_embeddings.weight"};
  const MaskedLmSizes sizes{.hidden_size = c.hidden_size,
                            .vocab_size = c.vocab_size,
                            .layer_norm_eps = c.norm_eps,
                            .dense_bias = bias_if(c.classifier_bias),
                            .norm_bias = bias_if(c.norm_bias)};
  return load_masked_lm_head(names, sizes, c.classifier_activation, loader, weights);
}

}  // namespace

base::Result<ModernBertConfig> ModernBertConfig::parse(const ConfigReader& reader) {
  ModernBertConfig c;
  ASSIGN_OR_RETURN(c.vocab_size, reader.integer("vocab_size", c.vocab_size, 1, 1 << 24));
  ASSIGN_OR_RETURN(c.hidden_size, reader.integer("hidden_size", c.hidden_size, 1, 16384));
  ASSIGN_OR_RETURN(c.intermediate_size, reader.integer("intermediate_size", c.intermediate_size, 1, 32768));
  ASSIGN_OR_RETURN(c.num_hidden_layers, reader.integer("num_hidden_layers", c.num_hidden_layers, 1, 1024));
  ASSIGN_OR_RETURN(c.num_attention_heads, reader.integer("num_attention_heads", c.num_attention_heads, 1, 1024));
  ASSIGN_OR_RETURN(c.hidden_activation, reader.activation("hidden_activation", "gelu"));
  ASSIGN_OR_RETURN(c.classifier_activation, reader.activation("classifier_activation", "gelu"));
  ASSIGN_OR_RETURN(c.max_position_embeddings, reader.integer("max_position_embeddings", c.max_position_embeddings, 1, 1 << 20));
  ASSIGN_OR_RETURN(c.norm_eps, reader.number("norm_eps", c.norm_eps, 0.0, 1.0));
  ASSIGN_OR_RETURN(c.norm_bias, reader.flag("norm_bias", false));
  ASSIGN_OR_RETURN(c.attention_bias, reader.flag("attention_bias", false));
  ASSIGN_OR_RETURN(c.mlp_bias, reader.flag("mlp_bias", false));
  ASSIGN_OR_RETURN(c.classifier_bias, reader.flag("classifier_bias", false));
  ASSIGN_OR_RETURN(c.decoder_bias, reader.flag("decoder_bias", true));
  ASSIGN_OR_RETURN(c.local_attention, reader.integer("local_attention", c.local_attention, 1, 1 << 20));
  ASSIGN_OR_RETURN(c.global_rope_theta, reader.number("global_rope_theta", c.global_rope_theta, 1.0, 1e12));
  ASSIGN_OR_RETURN(c.local_rope_theta, reader.number("local_rope_theta", c.local_rope_theta, 1.0, 1e12));
  constexpr std::array<std::string_view, 2> kPoolings = {"cls", "mean"};
  ASSIGN_OR_RETURN(const std::string pooling, reader.choice("classifier_pooling", "cls", kPoolings));
  c.classifier_pooling = pooling == "cls" ? Pooling::kFirstToken : Pooling::kMean;
  ASSIGN_OR_RETURN(c.num_labels, reader.num_labels());
  RETURN_IF_ERROR(parse_layer_types(reader, c));
  RETURN_IF_ERROR(parse_rope(reader, "full_attention", c.global_rope_theta));
  RETURN_IF_ERROR(parse_rope(reader, "sliding_attention", c.local_rope_theta));
  RETURN_IF_ERROR(reader.check_positions(c.max_position_embeddings, 2 * c.hidden_size / c.num_attention_heads + 1));
  if (c.hidden_size % (2 * c.num_attention_heads) == 0) return c;
  return reader.unsupported("num_attention_heads", std::to_string(c.num_attention_heads),
                            base::format("numbers that cut [hidden_size] {} into heads of even size", c.hidden_size));
}

base::Result<EncoderWeights> load_modernbert(const ModernBertConfig& config, ModelKind kind, WeightLoader& loader) {
  find_prefix("model.", "embeddings.tok_embeddings.weight", loader);
  EncoderWeights weights;
  weights.hidden_size = static_cast<int32_t>(config.hidden_size);
  weights.num_heads = static_cast<int32_t>(config.num_attention_heads);
  weights.intermediate_size = static_cast<int32_t>(config.intermediate_size);
  weights.max_length = static_cast<int32_t>(config.max_position_embeddings);
  weights.hidden_act = config.hidden_activation;
  weights.norm_placement = NormPlacement::kPre;
  weights.gated = true;
  weights.pooling = config.classifier_pooling;
  const Bias norm_bias = bias_if(config.norm_bias);
  ASSIGN_OR_RETURN(weights.embeddings.word,
                   loader.embedding("embeddings.tok_embeddings.weight", config.vocab_size, config.hidden_size));
  ASSIGN_OR_RETURN(weights.embeddings.norm, loader.layer_norm("embeddings.norm", config.hidden_size, config.norm_eps, norm_bias));
  const int64_t head_dim = weights.head_dim();
  weights.rotary.push_back(make_rotary(config.global_rope_theta, head_dim, weights.max_length));
  weights.rotary.push_back(make_rotary(config.local_rope_theta, head_dim, weights.max_length));
  for (int64_t i = 0; i < config.num_hidden_layers; ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_layer(config, i, loader));
    weights.layers.push_back(std::move(layer));
  }
  ASSIGN_OR_RETURN(weights.final_norm, loader.layer_norm("final_norm", config.hidden_size, config.norm_eps, norm_bias));
  if (kind == ModelKind::kCrossEncoder) {
    ASSIGN_OR_RETURN(weights.head, load_head(config, loader));
  }
  if (kind == ModelKind::kSparseEncoder) RETURN_IF_ERROR(load_decoder(config, loader, weights));
  return weights;
}

}  // namespace selene::models
