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

/// Self-attention and feed-forward, each followed by residual and LayerNorm (post-norm).  Source: transformers BertLayer.
struct EncoderLayerWeights {
  Linear query;             ///< [hidden, hidden]
  Linear key_value;         ///< [2 * hidden, hidden]: keys, then values
  Linear attention_output;  ///< [hidden, hidden]
  LayerNorm attention_norm;
  Linear up;    ///< [intermediate, hidden]
  Linear down;  ///< [hidden, intermediate]
  LayerNorm ffn_norm;
  int64_t bytes() const {
    return query.bytes() + key_value.bytes() + attention_output.bytes() + attention_norm.bytes() + up.bytes() + down.bytes() +
           ffn_norm.bytes();
  }
};

/// logits = classifier(act(dense(h))) of the first token's hidden state h; `dense` may be absent (no features).
struct HeadWeights {
  Linear dense;
  Activation activation = Activation::kTanh;
  Linear classifier;
  bool has_dense() const { return dense.out_features() > 0; }
  int64_t bytes() const { return dense.bytes() + classifier.bytes(); }
};

/// A transformer encoder with a classification head on its first token.
struct EncoderWeights {
  int32_t hidden_size = 0;
  int32_t num_heads = 0;
  int32_t intermediate_size = 0;
  int32_t max_length = 0;
  Activation hidden_act = Activation::kGelu;
  EmbeddingWeights embeddings;
  std::vector<EncoderLayerWeights> layers;
  HeadWeights head;
  /// [heads, 2 * max_length - 1] added to scores by key - query + max_length - 1; empty: none (MPNet).
  Buffer<float> relative_bias;

  int32_t head_dim() const { return hidden_size / num_heads; }
  int64_t bytes() const {
    int64_t sum = embeddings.bytes() + head.bytes() + relative_bias.bytes();
    for (const EncoderLayerWeights& layer : layers) sum += layer.bytes();
    return sum;
  }
};

}  // namespace selene::models
