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
  LayerNorm norm;     ///< empty: none
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

/// What is added to attention scores by key - query, values [heads or 1, 2 * max_length - 1] with distance 0 in the middle.
struct PositionBias {
  Buffer<float> values;
  int64_t head_stride = 0;  ///< 0: one row for all heads
  bool empty() const { return values.size() == 0; }
};

/// Where LayerNorm stands: behind the residual addition (BERT), or before attention and feed-forward (ModernBERT).
enum class NormPlacement : uint8_t { kPost, kPre };
/// What the head reads: the first token, the mean or the largest value of a row's tokens, or its last token. kVocabulary: the
/// largest logit, not under 0, of each token of the vocabulary over a row's tokens (VocabularyHead).
enum class Pooling : uint8_t { kFirstToken, kMean, kMax, kLastToken, kVocabulary };

/// Self-attention and feed-forward, with LayerNorms where NormPlacement says.  Source: transformers BertLayer,
/// ModernBertEncoderLayer.
struct EncoderLayerWeights {
  Linear query;              ///< [heads * head_dim, hidden]
  Linear key_value;          ///< [2 * key_value_heads * head_dim, hidden]: keys, then values
  LayerNorm query_norm;      ///< of each head's query, [head_dim], before rotation; empty: none
  LayerNorm key_norm;        ///< the same of keys
  Linear attention_output;   ///< [hidden, heads * head_dim]
  LayerNorm attention_norm;  ///< pre-norm: empty for none
  int32_t window = -1;       ///< keys seen on each side; -1: all
  int32_t rotary = -1;       ///< index in EncoderWeights::rotary; -1: none
  PositionProjections positions;
  Linear up;    ///< [intermediate, hidden]; gated: [2 * intermediate, hidden], values then gates
  Linear down;  ///< [hidden, intermediate]
  LayerNorm ffn_norm;
  int64_t bytes() const {
    return query.bytes() + key_value.bytes() + query_norm.bytes() + key_norm.bytes() + attention_output.bytes() +
           attention_norm.bytes() + up.bytes() + down.bytes() + ffn_norm.bytes() + positions.bytes();
  }
};

/// One step of a head: h = norm(activation(linear(h))); `linear` (no features) and `norm` (empty) may be absent.
struct HeadLayer {
  Linear linear;
  Activation activation = Activation::kNone;
  LayerNorm norm;
  bool has_linear() const { return linear.out_features() > 0; }
  int64_t bytes() const { return linear.bytes() + norm.bytes(); }
};

/// The layers a pooled hidden state goes through, float32 whatever the tier. None: it is the result.
struct HeadWeights {
  std::vector<HeadLayer> layers;
  int64_t bytes() const {
    int64_t sum = 0;
    for (const HeadLayer& layer : layers) sum += layer.bytes();
    return sum;
  }
};

/// A masked language model's head, run for every token: transform, then one logit for each token of the vocabulary. The decoder's
/// rows are cut into slices whose logits of a block of tokens stay in the cache.  Source: transformers BertLMPredictionHead.
struct VocabularyHead {
  HeadLayer transform;
  std::vector<Linear> decoder;  ///< slices one behind the other, each [rows of the slice, hidden]
  int64_t vocab_size = 0;
  int64_t bytes() const {
    int64_t sum = transform.bytes();
    for (const Linear& slice : decoder) sum += slice.bytes();
    return sum;
  }
};

/// A transformer encoder, how a row's tokens become one, and what follows.
struct EncoderWeights {
  int32_t hidden_size = 0;
  int32_t num_heads = 0;
  int32_t num_key_value_heads = 0;  ///< each read by as many heads in turn; 0: one for each head
  int32_t head_size = 0;            ///< 0: hidden_size / num_heads
  int32_t intermediate_size = 0;
  int32_t max_length = 0;  ///< what positions reach to
  int32_t row_limit = 0;   ///< tokens of a row, if fewer than max_length are taken; 0: max_length
  Activation hidden_act = Activation::kGelu;
  NormPlacement norm_placement = NormPlacement::kPost;
  bool gated = false;  ///< feed-forward: activation(values) * gates
  /// Each linear layer rounds its input to a range that all of a row's tokens share (round_to_dynamic_range): what torch's
  /// dynamically quantized models compute. For float32 linear layers.
  bool dynamic_activations = false;
  Pooling pooling = Pooling::kFirstToken;
  EmbeddingWeights embeddings;
  std::vector<EncoderLayerWeights> layers;
  LayerNorm final_norm;  ///< before pooling; empty: none
  HeadWeights head;
  VocabularyHead vocabulary;  ///< of Pooling::kVocabulary
  std::vector<RotaryTable> rotary;
  PositionBias position_bias;  ///< MPNet's relative positions, linear biases, a decoder's causality

  PositionColumns position_columns;  ///< num_positions 0: no disentangled attention
  int32_t num_score_terms = 1;       ///< scores are divided by sqrt(head_dim * num_score_terms)

  int32_t head_dim() const { return head_size > 0 ? head_size : hidden_size / num_heads; }
  int32_t key_value_heads() const { return num_key_value_heads > 0 ? num_key_value_heads : num_heads; }
  int32_t query_size() const { return num_heads * head_dim(); }
  int32_t key_value_size() const { return 2 * key_value_heads() * head_dim(); }
  int32_t max_row_length() const { return row_limit > 0 && row_limit < max_length ? row_limit : max_length; }
  /// Values a row gives.
  int64_t output_size() const {
    if (pooling == Pooling::kVocabulary) return vocabulary.vocab_size;
    for (auto layer = head.layers.rbegin(); layer != head.layers.rend(); ++layer) {
      if (layer->has_linear()) return layer->linear.out_features();
    }
    return hidden_size;
  }
  int64_t bytes() const {
    int64_t sum = embeddings.bytes() + head.bytes() + vocabulary.bytes() + position_bias.values.bytes() + final_norm.bytes();
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
