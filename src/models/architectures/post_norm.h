#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "models/archives/safetensors.h"
#include "models/kernels/kernel_table.h"
#include "models/layers/encoder_weights.h"
#include "models/layers/weight_loader.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// What the encoders of BERT's family share: sizes, and the tensor names of one layer (without ".weight"), under the loader's
/// prefix.
struct PostNormSizes {
  int64_t hidden_size = 0;
  int64_t num_heads = 0;
  int64_t intermediate_size = 0;
  int64_t num_layers = 0;
  double layer_norm_eps = 1e-12;
};
struct PostNormNames {
  std::string query, key, value, attention_output, attention_norm, up, down, ffn_norm;
};
/// BERT's own names, which most of the family kept: "encoder.layer.N.attention.self.query" and so on.
PostNormNames bert_layer_names(int64_t layer);

base::Result<EncoderLayerWeights> load_post_norm_layer(const PostNormSizes& sizes, const PostNormNames& names,
                                                       WeightLoader& loader);

/// Weights with sizes set, without layers.
EncoderWeights sized_weights(const PostNormSizes& sizes, Activation hidden_act);

/// Weights with sizes set and all layers loaded; embeddings and head are the architecture's business.
base::Result<EncoderWeights> load_post_norm_layers(const PostNormSizes& sizes, Activation hidden_act,
                                                   PostNormNames (*names_of)(int64_t layer), WeightLoader& loader);

/// A linear layer of the head in float32, followed by `activation`; `name` without ".weight", under the loader's prefix.
base::Result<HeadLayer> load_head_layer(const std::string& name, int64_t out, int64_t in, Activation activation,
                                        WeightLoader& loader, Bias bias = Bias::kRequired);

/// The head with two linear layers most of the family has: `dense` [h, h], activation, `classifier` [num_labels, h]; names without
/// ".weight", outside the loader's prefix.
base::Result<HeadWeights> load_dense_head(const std::string& dense, Activation activation, const std::string& classifier, int64_t h,
                                          int64_t num_labels, WeightLoader& loader);

/// Names of a masked language model's head, outside the loader's prefix: `dense` and `norm` without ".weight"; `decoder` may be
/// absent from the file, being the word embeddings then; `bias` is what `decoder_bias` is called where it is absent.
struct MaskedLmNames {
  std::string dense, norm, decoder, decoder_bias, bias;  ///< neither bias named: the decoder has none
  std::string word_embeddings;                           ///< with the encoder's prefix
};
struct MaskedLmSizes {
  int64_t hidden_size = 0;
  int64_t vocab_size = 0;
  double layer_norm_eps = 1e-12;
  Bias dense_bias = Bias::kRequired;
  Bias norm_bias = Bias::kRequired;
};
base::Status load_masked_lm_head(const MaskedLmNames& names, const MaskedLmSizes& sizes, Activation activation,
                                 WeightLoader& loader, EncoderWeights& weights);

/// "bert." if the checkpoint's encoder has that prefix, "" if it is bare: told by the word embeddings, `probe`.
void find_prefix(const std::string& prefix, const std::string& probe, WeightLoader& loader);

}  // namespace selene::models
