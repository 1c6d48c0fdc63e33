#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "models/architectures/config_reader.h"
#include "models/architectures/post_norm.h"
#include "models/archives/safetensors.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// Whether there is an embedding for each position.
enum class PositionEmbeddings : uint8_t { kAbsolute, kNone };

/// Fields of a Hugging Face BertConfig that change what is computed; defaults are those of transformers.
struct BertConfig {
  int64_t vocab_size = 30522;
  int64_t hidden_size = 768;
  int64_t num_hidden_layers = 12;
  int64_t num_attention_heads = 12;
  int64_t intermediate_size = 3072;
  Activation hidden_act = Activation::kGelu;
  int64_t max_position_embeddings = 512;
  int64_t type_vocab_size = 2;
  double layer_norm_eps = 1e-12;
  int64_t num_labels = 2;
  PositionEmbeddings positions = PositionEmbeddings::kAbsolute;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<BertConfig> parse(const ConfigReader& reader);
  /// The same without a look at position_embedding_type, for architectures that read it themselves.
  static base::Result<BertConfig> parse(const ConfigReader& reader, PositionEmbeddings positions);
  PostNormSizes sizes() const { return {hidden_size, num_attention_heads, intermediate_size, num_hidden_layers, layer_norm_eps}; }
};

/// word, position and token type embeddings under BERT's names, `width` wide.
base::Result<EmbeddingWeights> load_bert_embeddings(const BertConfig& config, int64_t width, WeightLoader& loader);

/// BERT's head for a kind: tanh pooler on [CLS] and linear classifier, none for a dense encoder, or the masked language model's.
base::Status load_bert_head(const BertConfig& config, ModelKind kind, WeightLoader& loader, EncoderWeights& weights);

/// HF `BertModel`, post-norm encoder, alone (dense) or with the head of `BertForSequenceClassification` (tanh pooler on [CLS],
/// linear classifier) or of `BertForMaskedLM`. `loader` reads the checkpoint; its prefix is set here. Source: Devlin et al. 2019;
/// transformers modeling_bert.py for tensor names. Errors: kIllegalArgument naming the tensor that is missing, misshapen, of a
/// wrong dtype or not finite.
base::Result<EncoderWeights> load_bert(const BertConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
