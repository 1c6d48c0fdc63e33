#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "models/architectures/bert.h"

namespace selene::models {

/// BertConfig and what DeBERTa-v2 adds.
struct DebertaConfig {
  BertConfig bert;
  bool position_biased_input = true;
  bool share_att_key = false;
  bool content_to_position = false;  ///< "c2p" in pos_att_type
  bool position_to_content = false;  ///< "p2c" in pos_att_type
  bool norm_rel_ebd = false;         ///< "layer_norm"
  int64_t max_relative_positions = 512;
  int64_t position_buckets = -1;  ///< under 1: one bucket a distance
  Activation pooler_hidden_act = Activation::kGelu;

  /// Errors: kIllegalArgument naming file, field, value and what is supported.
  static base::Result<DebertaConfig> parse(const ConfigReader& reader);
  /// Relative positions on each side.
  int64_t span() const { return position_buckets > 0 ? position_buckets : max_relative_positions; }
};

/// HF `DebertaV2ForSequenceClassification` (DeBERTa-v2 and v3): BERT's encoder with disentangled attention.
/// Source: He et al. 2021; transformers modeling_deberta_v2.py. Errors: as load_bert.
base::Result<EncoderWeights> load_deberta(const DebertaConfig& config, ModelKind kind, WeightLoader& loader);

/// Which projected position a distance reads, for rows of at most `max_length` tokens: by the config's buckets and span.
PositionColumns position_columns(const DebertaConfig& config, int64_t max_length);

/// Positions projected for a layer, [rows, heads * head_dim] with row_stride, cut into heads and packed in the order that
/// PositionProjections wants. Errors: kIllegalArgument if a value is not finite.
enum class PositionOrder : uint8_t { kAscending, kDescending };
base::Result<std::vector<PackedMatrix>> pack_positions(const Buffer<float>& projected, int64_t rows, int64_t heads,
                                                       int64_t head_dim, PositionOrder order, NumberType type,
                                                       const KernelTable& table);

/// The signed bucket of distance query - key: itself up to half of `buckets`, logarithmic from there to max_position.
/// Source: transformers make_log_bucket_position.
int64_t log_bucket_position(int64_t distance, int64_t buckets, int64_t max_position);

}  // namespace selene::models
