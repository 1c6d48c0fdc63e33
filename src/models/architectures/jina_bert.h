#pragma once

#include "base/result.h"
#include "models/architectures/bert.h"
#include "models/architectures/config_reader.h"

namespace selene::models {

/// Fields of a JinaBERT config that change what is computed, beside those of BERT.
struct JinaBertConfig {
  BertConfig bert;
  bool gated = true;                                ///< feed_forward_type geglu or reglu, else original
  Activation feed_forward_act = Activation::kGelu;  ///< hidden_act is that of a masked language model's head

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<JinaBertConfig> parse(const ConfigReader& reader);
};

/// JinaBERT (jina-embeddings-v2, jina-reranker-v1): BERT's encoder with linear position biases in both directions instead of
/// position embeddings, and a gated feed-forward; heads and tensor names outside the feed-forward as BERT's. Source: Günther et
/// al., "Jina Embeddings 2", 2023. Errors: as load_bert.
base::Result<EncoderWeights> load_jina_bert(const JinaBertConfig& config, ModelKind kind, WeightLoader& loader);

}  // namespace selene::models
