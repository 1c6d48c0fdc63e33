#include "models/architectures/post_norm.h"

namespace selene::models {

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

base::Result<EncoderWeights> load_post_norm_layers(const PostNormSizes& sizes, Activation hidden_act,
                                                   PostNormNames (*names_of)(int64_t layer), WeightLoader& loader) {
  EncoderWeights weights;
  weights.hidden_size = static_cast<int32_t>(sizes.hidden_size);
  weights.num_heads = static_cast<int32_t>(sizes.num_heads);
  weights.intermediate_size = static_cast<int32_t>(sizes.intermediate_size);
  weights.hidden_act = hidden_act;
  for (int64_t i = 0; i < sizes.num_layers; ++i) {
    ASSIGN_OR_RETURN(EncoderLayerWeights layer, load_post_norm_layer(sizes, names_of(i), loader));
    weights.layers.push_back(std::move(layer));
  }
  return weights;
}

base::Result<HeadWeights> load_dense_head(const std::string& dense, Activation activation, const std::string& classifier, int64_t h,
                                          int64_t num_labels, WeightLoader& loader) {
  HeadWeights head;
  loader.set_prefix("");
  ASSIGN_OR_RETURN(head.dense, loader.linear_f32(dense, h, h));
  head.activation = activation;
  ASSIGN_OR_RETURN(head.classifier, loader.linear_f32(classifier, num_labels, h));
  return head;
}

void find_prefix(const std::string& prefix, const std::string& probe, WeightLoader& loader) {
  loader.set_prefix(prefix);
  if (!loader.contains(probe)) loader.set_prefix("");
}

}  // namespace selene::models
