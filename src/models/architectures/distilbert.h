#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "models/architectures/config_reader.h"
#include "models/architectures/post_norm.h"

namespace selene::models {

/// Fields of a Hugging Face DistilBertConfig that change what is computed; defaults are those of transformers.
struct DistilBertConfig {
  int64_t vocab_size = 30522;
  int64_t dim = 768;
  int64_t n_layers = 6;
  int64_t n_heads = 12;
  int64_t hidden_dim = 3072;
  Activation activation = Activation::kGelu;
  int64_t max_position_embeddings = 512;
  int64_t num_labels = 2;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<DistilBertConfig> parse(const ConfigReader& reader);
};

/// HF `DistilBertForSequenceClassification`: BERT's encoder without token types, a head of dense, relu and classifier.
/// Source: Sanh et al. 2019; transformers modeling_distilbert.py. Errors: as load_bert.
base::Result<EncoderWeights> load_distilbert(const DistilBertConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
