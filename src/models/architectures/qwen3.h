#pragma once

#include <cstdint>

#include "base/result.h"
#include "models/architectures/config_reader.h"
#include "models/layers/encoder_weights.h"
#include "models/layers/weight_loader.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// Fields of a Hugging Face Qwen3Config that change what is computed; defaults are those of transformers.
struct Qwen3Config {
  int64_t vocab_size = 151936;
  int64_t hidden_size = 4096;
  int64_t intermediate_size = 22016;
  int64_t num_hidden_layers = 32;
  int64_t num_attention_heads = 32;
  int64_t num_key_value_heads = 32;
  int64_t head_dim = 128;
  Activation hidden_act = Activation::kSilu;
  int64_t max_position_embeddings = 32768;
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000.0;
  bool attention_bias = false;
  int64_t num_labels = 2;

  /// Takes `rope_parameters` as well as the older `rope_theta`; windows and scaled positions are refused.
  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<Qwen3Config> parse(const ConfigReader& reader);
};

/// HF `Qwen3Model`: a decoder read causally (pre-norm with RMSNorm, grouped key and value heads, norms of each head's query and
/// key, rotary positions, gated feed-forward), its last token pooled; with the head of `Qwen3ForSequenceClassification` for a
/// cross-encoder.  Source: Qwen3 technical report, 2025; transformers modeling_qwen3.py. Errors: as load_bert.
base::Result<EncoderWeights> load_qwen3(const Qwen3Config& config, ModelKind kind, WeightLoader& loader);

/// The two tokens whose logits make the score of `Qwen3ForCausalLM`: logit(yes) - logit(no), the log odds of the answer "yes".
/// no_token_id -1: the logit of yes_token_id alone.
/// Source: Qwen3-Reranker's model card; sentence-transformers LogitScore.
struct AnswerTokens {
  int32_t yes_token_id = -1;
  int32_t no_token_id = -1;
};
base::Result<EncoderWeights> load_qwen3_reranker(const Qwen3Config& config, const AnswerTokens& answers, WeightLoader& loader);

}  // namespace selene::models
