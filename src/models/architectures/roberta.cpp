#include "models/architectures/roberta.h"

namespace selene::models {

base::Result<RobertaConfig> RobertaConfig::parse(const ConfigReader& reader) {
  RobertaConfig c;
  ASSIGN_OR_RETURN(c.bert, BertConfig::parse(reader));
  ASSIGN_OR_RETURN(c.pad_token_id, reader.integer("pad_token_id", 1, 0, c.bert.vocab_size - 1));
  if (c.pad_token_id + 2 > c.bert.max_position_embeddings) {
    return reader.unsupported("max_position_embeddings", std::to_string(c.bert.max_position_embeddings),
                              "numbers above [pad_token_id] + 1, where positions begin");
  }
  return c;
}

base::Result<EncoderWeights> load_roberta(const RobertaConfig& config, ModelKind kind, WeightLoader& loader) {
  const BertConfig& bert = config.bert;
  find_prefix("roberta.", "embeddings.word_embeddings.weight", loader);
  ASSIGN_OR_RETURN(EmbeddingWeights embeddings, load_bert_embeddings(bert, bert.hidden_size, loader));
  embeddings.padding_id = static_cast<int32_t>(config.pad_token_id);
  ASSIGN_OR_RETURN(EncoderWeights weights, load_post_norm_layers(bert.sizes(), bert.hidden_act, &bert_layer_names, loader));
  weights.max_length = static_cast<int32_t>(bert.max_position_embeddings - config.pad_token_id - 1);
  weights.embeddings = std::move(embeddings);
  if (kind == ModelKind::kDenseEncoder) return weights;
  if (kind == ModelKind::kSparseEncoder) {
    const MaskedLmNames names{.dense = "lm_head.dense",
                              .norm = "lm_head.layer_norm",
                              .decoder = "lm_head.decoder.weight",
                              .decoder_bias = "lm_head.decoder.bias",
                              .bias = "lm_head.bias",
                              .word_embeddings = loader.prefix() + "embeddings.word_embeddings.weight"};
    RETURN_IF_ERROR(
        load_masked_lm_head(names, {bert.hidden_size, bert.vocab_size, bert.layer_norm_eps}, Activation::kGelu, loader, weights));
    return weights;
  }
  ASSIGN_OR_RETURN(weights.head, load_dense_head("classifier.dense", Activation::kTanh, "classifier.out_proj", bert.hidden_size,
                                                 bert.num_labels, loader));
  return weights;
}

}  // namespace selene::models
