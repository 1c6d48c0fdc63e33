#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "models/architectures/roberta.h"

namespace selene::models {

/// RobertaConfig and what MPNet adds.
struct MpnetConfig {
  RobertaConfig roberta;
  int64_t relative_attention_num_buckets = 32;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<MpnetConfig> parse(const ConfigReader& reader);
};

/// HF `MPNetForSequenceClassification`: RoBERTa's positions and head, no token types, and a bias on the scores by relative
/// position, which all layers share. Source: Song et al. 2020; transformers modeling_mpnet.py. Errors: as load_bert.
base::Result<EncoderWeights> load_mpnet(const MpnetConfig& config, ModelKind kind, WeightLoader& loader);

/// The bias of key - query = -(max_length - 1) .. max_length - 1 from the table `name` [buckets, heads]: [heads, 2 * max_length -
/// 1].
base::Result<PositionBias> load_relative_bias(const std::string& name, int64_t buckets, int64_t heads, int64_t max_length,
                                              WeightLoader& loader);

/// The bucket of relative position `key - query`: exact near zero, logarithmic up to a distance of 128, one half of the buckets for
/// each side.  Source: Raffel et al. 2020 (T5); transformers relative_position_bucket.
int64_t relative_position_bucket(int64_t relative_position, int64_t num_buckets);

}  // namespace selene::models
