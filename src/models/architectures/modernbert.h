#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "models/architectures/config_reader.h"
#include "models/archives/safetensors.h"
#include "models/layers/encoder_weights.h"
#include "models/layers/weight_loader.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// Fields of a Hugging Face ModernBertConfig that change what is computed; defaults are those of transformers.
struct ModernBertConfig {
  int64_t vocab_size = 50368;
  int64_t hidden_size = 768;
  int64_t intermediate_size = 1152;
  int64_t num_hidden_layers = 22;
  int64_t num_attention_heads = 12;
  Activation hidden_activation = Activation::kGelu;
  Activation classifier_activation = Activation::kGelu;
  int64_t max_position_embeddings = 8192;
  double norm_eps = 1e-5;
  bool norm_bias = false;
  bool attention_bias = false;
  bool mlp_bias = false;
  bool classifier_bias = false;
  bool decoder_bias = true;
  int64_t local_attention = 128;
  double global_rope_theta = 160000.0;
  double local_rope_theta = 10000.0;
  Pooling classifier_pooling = Pooling::kFirstToken;
  std::vector<bool> global_layers;  ///< [num_hidden_layers]: full attention, else a window of local_attention
  int64_t num_labels = 2;

  /// Takes `layer_types` and `rope_parameters` as well as the older `global_attn_every_n_layers` and `*_rope_theta`.
  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<ModernBertConfig> parse(const ConfigReader& reader);
};

/// HF `ModernBertForSequenceClassification`, `ModernBertForMaskedLM`, `ModernBertModel`: pre-norm encoder with rotary positions,
/// alternating windows and gated feed-forward. Source: Warner et al. 2024; transformers modeling_modernbert.py. Errors: as
/// load_bert.
base::Result<EncoderWeights> load_modernbert(const ModernBertConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
