#pragma once

#include <cstdint>
#include <vector>

#include "models/layers/embedding.h"
#include "models/layers/linear.h"

namespace selene::models {

/// word + position + token type, then LayerNorm, then a projection to the hidden size where they are narrower.
/// Source: transformers BertEmbeddings, RobertaEmbeddings, ElectraModel.
struct EmbeddingWeights {
  EmbeddingTable word;
  EmbeddingTable position;    ///< empty: none
  EmbeddingTable token_type;  ///< empty: token_type_ids are not looked at
  /// RoBERTa: the n-th token (from 1) that is not this id has position padding_id + n, this id itself padding_id. -1: positions
  /// from 0.
  int32_t padding_id = -1;
  LayerNorm norm;
  Linear projection;  ///< [hidden, word.cols], no features: none
  bool has_projection() const { return projection.out_features() > 0; }
  int64_t bytes() const { return word.bytes() + position.bytes() + token_type.bytes() + norm.bytes() + projection.bytes(); }
};

/// DeBERTa's positions projected for one layer: keys and queries of each head, packed for `disentangled_*`; empty: without that
/// term.
struct PositionProjections {
  std::vector<PackedMatrix> keys;     ///< [heads] of [num_positions, head_dim], descending order
  std::vector<PackedMatrix> queries;  ///< the same, ascending
  int64_t bytes() const {
    int64_t sum = 0;
    for (const PackedMatrix& matrix : keys) sum += matrix.bytes();
    for (const PackedMatrix& matrix : queries) sum += matrix.bytes();
    return sum;
  }
};

/// The rows of PositionProjections by distance, [2 * max_length - 1] with distance 0 in the middle; see DisentangledHead.
struct PositionColumns {
  Buffer<int32_t> keys;     ///< by key - query
  Buffer<int32_t> queries;  ///< by query - key
  int32_t num_positions = 0;
  int32_t exact_distance = 0;
};

/// Cosines and sines of rotary positions, [max_length, half] each with row_stride(half).
struct RotaryTable {
  Buffer<float> cosine;
  Buffer<float> sine;
  int32_t half = 0;
  const float* cosine_of(int64_t position) const { return cosine.data() + position * row_stride(half); }
  const float* sine_of(int64_t position) const { return sine.data() + position * row_stride(half); }
};

/// Where LayerNorm stands: behind the residual addition (BERT), or before attention and feed-forward (ModernBERT).
enum class NormPlacement : uint8_t { kPost, kPre };
/// What the head reads: the first token, or the mean of a row's tokens.
enum class Pooling : uint8_t { kFirstToken, kMean };

/// Self-attention and feed-forward, with LayerNorms where NormPlacement says.  Source: transformers BertLayer,
/// ModernBertEncoderLayer.
struct EncoderLayerWeights {
  Linear query;              ///< [hidden, hidden]
  Linear key_value;          ///< [2 * hidden, hidden]: keys, then values
  Linear attention_output;   ///< [hidden, hidden]
  LayerNorm attention_norm;  ///< pre-norm: empty for none
  int32_t window = -1;       ///< keys seen on each side; -1: all
  int32_t rotary = -1;       ///< index in EncoderWeights::rotary; -1: none
  PositionProjections positions;
  Linear up;    ///< [intermediate, hidden]; gated: [2 * intermediate, hidden], values then gates
  Linear down;  ///< [hidden, intermediate]
  LayerNorm ffn_norm;
  int64_t bytes() const {
    return query.bytes() + key_value.bytes() + attention_output.bytes() + attention_norm.bytes() + up.bytes() + down.bytes() +
           ffn_norm.bytes() + positions.bytes();
  }
};

/// logits = classifier(norm(act(dense(h)))) of the pooled hidden state h; `dense` (no features) and `norm` (empty) may be absent.
struct HeadWeights {
  Linear dense;
  Activation activation = Activation::kTanh;
  LayerNorm norm;
  Linear classifier;
  bool has_dense() const { return dense.out_features() > 0; }
  int64_t bytes() const { return dense.bytes() + norm.bytes() + classifier.bytes(); }
};

/// A transformer encoder with a classification head.
struct EncoderWeights {
  int32_t hidden_size = 0;
  int32_t num_heads = 0;
  int32_t intermediate_size = 0;
  int32_t max_length = 0;
  Activation hidden_act = Activation::kGelu;
  NormPlacement norm_placement = NormPlacement::kPost;
  bool gated = false;  ///< feed-forward: activation(values) * gates
  Pooling pooling = Pooling::kFirstToken;
  EmbeddingWeights embeddings;
  std::vector<EncoderLayerWeights> layers;
  LayerNorm final_norm;  ///< before pooling; empty: none
  HeadWeights head;
  std::vector<RotaryTable> rotary;
  /// [heads, 2 * max_length - 1] added to scores by key - query + max_length - 1; empty: none (MPNet).
  Buffer<float> relative_bias;

  PositionColumns position_columns;  ///< num_positions 0: no disentangled attention
  int32_t num_score_terms = 1;       ///< scores are divided by sqrt(head_dim * num_score_terms)

  int32_t head_dim() const { return hidden_size / num_heads; }
  int64_t bytes() const {
    int64_t sum = embeddings.bytes() + head.bytes() + relative_bias.bytes() + final_norm.bytes();
    for (const RotaryTable& table : rotary) sum += table.cosine.bytes() + table.sine.bytes();
    for (const EncoderLayerWeights& layer : layers) sum += layer.bytes();
    return sum;
  }
};

/// What attention multiplies in: float32 for float32 layers and odd heads, else the table's fast type.
inline NumberType attention_number_type(const KernelTable& table, NumberType linear_type, int32_t head_dim) {
  return linear_type == NumberType::kF32 || head_dim % 2 != 0 ? NumberType::kF32 : table.attention_type;
}

}  // namespace selene::models
