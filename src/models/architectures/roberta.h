#pragma once

#include <memory>

#include "base/result.h"
#include "models/architectures/bert.h"

namespace selene::models {

/// BertConfig and what RoBERTa adds.
struct RobertaConfig {
  BertConfig bert;
  int64_t pad_token_id = 1;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<RobertaConfig> parse(const ConfigReader& reader);
};

/// HF `RobertaForSequenceClassification`, `XLMRobertaForSequenceClassification`, `CamembertForSequenceClassification`: BERT's
/// encoder, positions from pad_token_id + 1, a head of dense, tanh and projection. Source: Liu et al. 2019; transformers
/// modeling_roberta.py. Errors: as load_bert.
base::Result<EncoderWeights> load_roberta(const RobertaConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
