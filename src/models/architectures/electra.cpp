#include "models/architectures/electra.h"

namespace selene::models {

base::Result<ElectraConfig> ElectraConfig::parse(const ConfigReader& reader) {
  ElectraConfig c;
  ASSIGN_OR_RETURN(c.bert, BertConfig::parse(reader));
  ASSIGN_OR_RETURN(c.embedding_size, reader.integer("embedding_size", c.embedding_size, 1, 16384));
  return c;
}

base::Result<EncoderWeights> load_electra(const ElectraConfig& config, ModelKind kind, WeightLoader& loader) {
  const BertConfig& bert = config.bert;
  find_prefix("electra.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_bert_embeddings(bert, config.embedding_size, loader));
  if (config.embedding_size != bert.hidden_size) {
    ASSIGN_OR_RETURN(embeddings.projection, loader.linear({"embeddings_project"}, bert.hidden_size, config.embedding_size));
  }
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(bert.sizes(), bert.hidden_act, &bert_layer_names, loader));
  weights.max_length = static_cast<int32_t>(bert.max_position_embeddings);
  weights.embeddings = std::move(embeddings);
  if (kind == ModelKind::kDenseEncoder) return weights;
  ASSIGN_OR_RETURN(weights.head, load_dense_head("classifier.dense", Activation::kGelu, "classifier.out_proj", bert.hidden_size,
                                                 bert.num_labels, loader));
  return weights;
}

}  // namespace selene::models
