#pragma once

#include <memory>

#include "base/result.h"
#include "models/architectures/bert.h"

namespace selene::models {

/// BertConfig and what ELECTRA adds.
struct ElectraConfig {
  BertConfig bert;
  int64_t embedding_size = 128;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<ElectraConfig> parse(const ConfigReader& reader);
};

/// HF `ElectraForSequenceClassification`: BERT's encoder behind embeddings of their own width, a head of dense, gelu and
/// projection. Source: Clark et al. 2020; transformers modeling_electra.py. Errors: as load_bert.
base::Result<EncoderWeights> load_electra(const ElectraConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
