#include "models/architectures/qwen3.h"

#include <array>
#include <vector>

#include "models/architectures/positions.h"
#include "models/architectures/post_norm.h"

namespace selene::models {
namespace {

base::Status parse_rope(const ConfigReader& reader, Qwen3Config& c) {
  ASSIGN_OR_RETURN(c.rope_theta, reader.number("rope_theta", c.rope_theta, 1.0, 1e12));
  if (!reader.value("rope_scaling").is_null()) return reader.unsupported("rope_scaling", "set", "null");
  const base::JsonValue all = reader.value("rope_parameters");
  if (all.is_null()) return {};
  const base::JsonValue type = all["rope_type"];
  if (!type.is_null() && !(type.is_string() && type.as_string() == "default")) {
    return reader.unsupported("rope_parameters.rope_type", type.is_string() ? type.as_string().substr(0, 100) : "not a string",
                              "default");
  }
  const base::JsonValue theta = all["rope_theta"];
  if (theta.is_null()) return {};
  if (!theta.is_number() || !(theta.as_double() > 1.0 && theta.as_double() < 1e12)) {
    return reader.unsupported("rope_parameters.rope_theta", "out of range", "numbers from 1 to 1e12");
  }
  c.rope_theta = theta.as_double();
  return {};
}

base::Status check_layer_types(const ConfigReader& reader) {
  RETURN_IF_ERROR(reader.expect_flag("use_sliding_window", false));
  const base::JsonValue types = reader.value("layer_types");
  if (!types.is_array()) return {};
  for (const base::JsonValue type : types.as_array()) {
    if (type.is_string() && type.as_string() == "full_attention") continue;
    return reader.unsupported("layer_types", type.is_string() ? type.as_string().substr(0, 100) : "not a string", "full_attention");
  }
  return {};
}

base::Result<EncoderLayerWeights> load_layer(const Qwen3Config& c, int64_t index, WeightLoader& loader) {
  EncoderLayerWeights w;
  const std::string name = base::format("layers.{}.", index);
  const std::string attention = name + "self_attn.";
  const int64_t h = c.hidden_size;
  const int64_t query_size = c.num_attention_heads * c.head_dim;
  const Bias bias = bias_if(c.attention_bias);
  w.rotary = 0;
  ASSIGN_OR_RETURN(w.attention_norm, loader.rms_norm(name + "input_layernorm", h, c.rms_norm_eps));
  ASSIGN_OR_RETURN(w.query, loader.linear({attention + "q_proj"}, query_size, h, bias));
  ASSIGN_OR_RETURN(w.key_value,
                   loader.linear({attention + "k_proj", attention + "v_proj"}, c.num_key_value_heads * c.head_dim, h, bias));
  ASSIGN_OR_RETURN(w.query_norm, loader.rms_norm(attention + "q_norm", c.head_dim, c.rms_norm_eps));
  ASSIGN_OR_RETURN(w.key_norm, loader.rms_norm(attention + "k_norm", c.head_dim, c.rms_norm_eps));
  ASSIGN_OR_RETURN(w.attention_output, loader.linear({attention + "o_proj"}, h, query_size, bias));
  ASSIGN_OR_RETURN(w.ffn_norm, loader.rms_norm(name + "post_attention_layernorm", h, c.rms_norm_eps));
  ASSIGN_OR_RETURN(w.up, loader.linear({name + "mlp.gate_proj", name + "mlp.up_proj"}, c.intermediate_size, h, Bias::kNone));
  ASSIGN_OR_RETURN(w.down, loader.linear({name + "mlp.down_proj"}, h, c.intermediate_size, Bias::kNone));
  return w;
}

base::Result<EncoderWeights> load_decoder(const Qwen3Config& config, WeightLoader& loader) {
  find_prefix("model.", "embed_tokens.weight", loader);
  EncoderWeights weights;
  weights.hidden_size = static_cast<int32_t>(config.hidden_size);
  weights.num_heads = static_cast<int32_t>(config.num_attention_heads);
  weights.num_key_value_heads = static_cast<int32_t>(config.num_key_value_heads);
  weights.head_size = static_cast<int32_t>(config.head_dim);
  weights.intermediate_size = static_cast<int32_t>(config.intermediate_size);
  weights.max_length = static_cast<int32_t>(config.max_position_embeddings);
  weights.hidden_act = config.hidden_act;
  weights.norm_placement = NormPlacement::kPre;
  weights.gated = true;
  weights.pooling = Pooling::kLastToken;
  ASSIGN_OR_RETURN(weights.embeddings.word, loader.embedding("embed_tokens.weight", config.vocab_size, config.hidden_size));
  weights.rotary.push_back(make_rotary(config.rope_theta, config.head_dim, weights.max_length));
  weights.position_bias = causal_bias(weights.max_length);
  for (int64_t i = 0; i < config.num_hidden_layers; ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_layer(config, i, loader));
    weights.layers.push_back(std::move(layer));
  }
  ASSIGN_OR_RETURN(weights.final_norm, loader.rms_norm("norm", config.hidden_size, config.rms_norm_eps));
  return weights;
}

}  // namespace

base::Result<Qwen3Config> Qwen3Config::parse(const ConfigReader& reader) {
  Qwen3Config c;
  ASSIGN_OR_RETURN(c.vocab_size, reader.integer("vocab_size", c.vocab_size, 1, 1 << 24));
  ASSIGN_OR_RETURN(c.hidden_size, reader.integer("hidden_size", c.hidden_size, 1, 16384));
  ASSIGN_OR_RETURN(c.intermediate_size, reader.integer("intermediate_size", c.intermediate_size, 1, 65536));
  ASSIGN_OR_RETURN(c.num_hidden_layers, reader.integer("num_hidden_layers", c.num_hidden_layers, 1, 1024));
  ASSIGN_OR_RETURN(c.num_attention_heads, reader.integer("num_attention_heads", c.num_attention_heads, 1, 1024));
  ASSIGN_OR_RETURN(c.num_key_value_heads, reader.integer("num_key_value_heads", c.num_attention_heads, 1, 1024));
  ASSIGN_OR_RETURN(c.head_dim, reader.integer("head_dim", c.head_dim, 2, 1024));
  ASSIGN_OR_RETURN(c.hidden_act, reader.activation("hidden_act", "silu"));
  ASSIGN_OR_RETURN(c.max_position_embeddings, reader.integer("max_position_embeddings", c.max_position_embeddings, 1, 1 << 18));
  ASSIGN_OR_RETURN(c.rms_norm_eps, reader.number("rms_norm_eps", c.rms_norm_eps, 0.0, 1.0));
  ASSIGN_OR_RETURN(c.attention_bias, reader.flag("attention_bias", false));
  ASSIGN_OR_RETURN(c.num_labels, reader.num_labels());
  RETURN_IF_ERROR(parse_rope(reader, c));
  RETURN_IF_ERROR(reader.check_positions(c.max_position_embeddings, c.head_dim));
  RETURN_IF_ERROR(check_layer_types(reader));
  if (c.head_dim % 2 != 0) return reader.unsupported("head_dim", std::to_string(c.head_dim), "even numbers");
  if (c.num_attention_heads % c.num_key_value_heads == 0) return c;
  return reader.unsupported("num_key_value_heads", std::to_string(c.num_key_value_heads),
                            base::format("divisors of [num_attention_heads] {}", c.num_attention_heads));
}

base::Result<EncoderWeights> load_qwen3(const Qwen3Config& config, ModelKind kind, WeightLoader& loader) {
  ASSIGN_OR_RETURN(EncoderWeights weights, load_decoder(config, loader));
  if (kind == ModelKind::kDenseEncoder) return weights;
  loader.set_prefix("");
  ASSIGN_OR_RETURN(HeadLayer score,
                   load_head_layer("score", config.num_labels, config.hidden_size, Activation::kNone, loader, Bias::kNone));
  weights.head.layers.push_back(std::move(score));
  return weights;
}

base::Result<EncoderWeights> load_qwen3_reranker(const Qwen3Config& config, const AnswerTokens& answers, WeightLoader& loader) {
  ASSIGN_OR_RETURN(EncoderWeights weights, load_decoder(config, loader));
  const std::string embeddings = loader.prefix() + "embed_tokens.weight";
  loader.set_prefix("");
  const std::string name = loader.contains("lm_head.weight") ? "lm_head.weight" : embeddings;
  HeadLayer score;
  ASSIGN_OR_RETURN(score.linear,
                   loader.row_difference(name, config.vocab_size, config.hidden_size, {answers.yes_token_id, answers.no_token_id}));
  weights.head.layers.push_back(std::move(score));
  return weights;
}

}  // namespace selene::models
