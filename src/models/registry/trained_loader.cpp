#include "models/registry/trained_loader.h"

#include "models/architectures/traced/traced_encoder.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxVocabularyBytes = size_t{512} << 20;

base::Status check_uploaded(const TrainedModelInfo& info) {
  const std::string& id = info.config.model_id;
  if (info.parts.empty()) return Error(ErrorCode::kResourceNotFound, "Could not find trained model definition [{}]", id);
  if (!info.has_definition()) {
    return Error(
        ErrorCode::kIllegalArgument,
        "Could not load trained model [{}]: part [{}] of its definition has not been uploaded; there are [{}] of [{}] parts", id,
        info.parts.size(), info.parts.size(), info.total_parts);
  }
  if (!info.has_vocabulary) return Error(ErrorCode::kIllegalArgument, "Could not find vocabulary for trained model [{}]", id);
  return {};
}

ModelKind kind_for(TrainedTask task) {
  switch (task) {
    case TrainedTask::kTextEmbedding: return ModelKind::kDenseEncoder;
    case TrainedTask::kTextExpansion: return ModelKind::kSparseEncoder;
    default: return ModelKind::kCrossEncoder;
  }
}

base::Status check_task(const TrainedConfig& config, const LoadedModel& model) {
  if (model.kind() != kind_for(config.task)) {
    return Error(ErrorCode::kIllegalArgument, "trained model [{}] is configured for [{}], but its definition is a {}",
                 config.model_id, trained_task_name(config.task), model_kind_name(model.kind()));
  }
  if (const CrossEncoder* encoder = model.cross_encoder(); encoder != nullptr && encoder->num_labels() != 1) {
    return Error(ErrorCode::kIllegalArgument, "Expected exactly [1] value in text_similarity result; got [{}]",
                 encoder->num_labels());
  }
  const DenseEncoder* dense = model.dense_encoder();
  if (dense != nullptr && config.embedding_size && *config.embedding_size != dense->dims()) {
    return Error(ErrorCode::kIllegalArgument, "[embedding_size] of trained model [{}] is [{}], but it gives [{}] numbers",
                 config.model_id, *config.embedding_size, dense->dims());
  }
  return {};
}

/// The second text of a pair is cut, unless the config asks for windows of it or for both to give way.
std::optional<LongPairs> long_pairs_of(const TrainedConfig& config) {
  const PairReading& reading = config.tokenization.reading;
  if (config.task != TrainedTask::kTextSimilarity) return std::nullopt;
  if (reading.truncate != TokenTruncation::kBalanced && reading.span < 0) return std::nullopt;
  return LongPairs{reading, config.span_scores};
}

base::Result<UploadedVocabulary> read_vocabulary(const TrainedModelStore& store, const TrainedConfig& config) {
  ASSIGN_OR_RETURN(const std::string text, store.env().read_file(store.vocabulary_path(config.model_id), kMaxVocabularyBytes));
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
  return UploadedVocabulary::parse(document.root(), config.tokenization.tokenizer.kind);
}

}  // namespace

base::Result<std::shared_ptr<const LoadedModel>> load_trained_model(const TrainedModelStore& store, std::string_view model_id,
                                                                    Tier tier) {
  ASSIGN_OR_RETURN(const TrainedModelInfo info, store.get(model_id));
  RETURN_IF_ERROR(check_uploaded(info));
  const TrainedConfig& config = info.config;
  ASSIGN_OR_RETURN(const UploadedVocabulary vocabulary, read_vocabulary(store, config));
  auto model = std::make_shared<LoadedModel>();
  model->name = config.model_id;
  ASSIGN_OR_RETURN(model->tokenizer, make_vocabulary_tokenizer(vocabulary, config.tokenization.tokenizer));
  model->long_pairs = long_pairs_of(config);
  model->prefixes = {config.ingest_prefix.value_or(""), config.search_prefix.value_or("")};
  TracedEncoderOptions options;
  options.tier = tier;
  options.max_sequence_length = config.tokenization.max_sequence_length;
  options.vocab_size = static_cast<int64_t>(vocabulary.tokens.size());
  ASSIGN_OR_RETURN(model->encoder, load_traced_encoder(store.definition_path(config.model_id), options));
  RETURN_IF_ERROR(check_task(config, *model));
  return std::shared_ptr<const LoadedModel>(std::move(model));
}

}  // namespace selene::models
