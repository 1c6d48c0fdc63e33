#include "models/architectures/post_norm.h"

namespace selene::models {
namespace {

// Rows of a decoder's slice: 48 tokens' logits of one slice stay in the second-level cache.
constexpr int64_t kVocabularySlice = 2048;

}  // namespace

PostNormNames bert_layer_names(int64_t layer) {
  const std::string name = base::format("encoder.layer.{}.", layer);
  return {.query = name + "attention.self.query",
          .key = name + "attention.self.key",
          .value = name + "attention.self.value",
          .attention_output = name + "attention.output.dense",
          .attention_norm = name + "attention.output.LayerNorm",
          .up = name + "intermediate.dense",
          .down = name + "output.dense",
          .ffn_norm = name + "output.LayerNorm"};
}

base::Result<EncoderLayerWeights> load_post_norm_layer(const PostNormSizes& sizes, const PostNormNames& names,
                                                       WeightLoader& loader) {
  EncoderLayerWeights w;
  const int64_t h = sizes.hidden_size;
  const int64_t i = sizes.intermediate_size;
  ASSIGN_OR_RETURN(w.query, loader.linear({names.query}, h, h));
  ASSIGN_OR_RETURN(w.key_value, loader.linear({names.key, names.value}, h, h));
  ASSIGN_OR_RETURN(w.attention_output, loader.linear({names.attention_output}, h, h));
  ASSIGN_OR_RETURN(w.attention_norm, loader.layer_norm(names.attention_norm, h, sizes.layer_norm_eps));
  ASSIGN_OR_RETURN(w.up, loader.linear({names.up}, i, h));
  ASSIGN_OR_RETURN(w.down, loader.linear({names.down}, h, i));
  ASSIGN_OR_RETURN(w.ffn_norm, loader.layer_norm(names.ffn_norm, h, sizes.layer_norm_eps));
  return w;
}

EncoderWeights sized_weights(const PostNormSizes& sizes, Activation hidden_act) {
  EncoderWeights weights;
  weights.hidden_size = static_cast<int32_t>(sizes.hidden_size);
  weights.num_heads = static_cast<int32_t>(sizes.num_heads);
  weights.intermediate_size = static_cast<int32_t>(sizes.intermediate_size);
  weights.hidden_act = hidden_act;
  return weights;
}

base::Result<EncoderWeights> load_post_norm_layers(const PostNormSizes& sizes, Activation hidden_act,
                                                   PostNormNames (*names_of)(int64_t layer), WeightLoader& loader) {
  EncoderWeights weights = sized_weights(sizes, hidden_act);
  for (int64_t i = 0; i < sizes.num_layers; ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_post_norm_layer(sizes, names_of(i), loader));
    weights.layers.push_back(std::move(layer));
  }
  return weights;
}

base::Result<HeadLayer> load_head_layer(const std::string& name, int64_t out, int64_t in, Activation activation,
                                        WeightLoader& loader, Bias bias) {
  HeadLayer layer;
  ASSIGN_OR_RETURN(layer.linear, loader.linear_f32(name, out, in, bias));
  layer.activation = activation;
  return layer;
}

base::Result<HeadWeights> load_dense_head(const std::string& dense, Activation activation, const std::string& classifier, int64_t h,
                                          int64_t num_labels, WeightLoader& loader) {
  HeadWeights head;
  loader.set_prefix("");
  ASSIGN_OR_RETURN(HeadLayer first, load_head_layer(dense, h, h, activation, loader));
  ASSIGN_OR_RETURN(HeadLayer second, load_head_layer(classifier, num_labels, h, Activation::kNone, loader));
  head.layers.push_back(std::move(first));
  head.layers.push_back(std::move(second));
  return head;
}

base::Status load_masked_lm_head(const MaskedLmNames& names, const MaskedLmSizes& sizes, Activation activation,
                                 WeightLoader& loader, EncoderWeights& weights) {
  const int64_t h = sizes.hidden_size;
  loader.set_prefix("");
  VocabularyHead head;
  head.vocab_size = sizes.vocab_size;
  ASSIGN_OR_RETURN(head.transform.linear, loader.linear({names.dense}, h, h, sizes.dense_bias));
  head.transform.activation = activation;
  ASSIGN_OR_RETURN(head.transform.norm, loader.layer_norm(names.norm, h, sizes.layer_norm_eps, sizes.norm_bias));
  const std::string decoder = loader.contains(names.decoder) ? names.decoder : names.word_embeddings;
  const std::string bias = loader.contains(names.decoder_bias) ? names.decoder_bias : names.bias;
  ASSIGN_OR_RETURN(head.decoder, loader.linear_slices(decoder, bias, sizes.vocab_size, h, kVocabularySlice));
  weights.vocabulary = std::move(head);
  weights.pooling = Pooling::kVocabulary;
  return {};
}

void find_prefix(const std::string& prefix, const std::string& probe, WeightLoader& loader) {
  loader.set_prefix(prefix);
  if (!loader.contains(probe)) loader.set_prefix("");
}

}  // namespace selene::models
