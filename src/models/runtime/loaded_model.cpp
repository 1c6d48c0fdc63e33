#include "models/runtime/loaded_model.h"

#include "models/architectures/registry.h"

namespace selene::models {

base::Result<std::shared_ptr<const LoadedModel>> LoadedModel::load(const std::filesystem::path& folder,
                                                                   const LoadOptions& options) {
  auto model = std::make_shared<LoadedModel>();
  const std::filesystem::path named = folder.has_filename() ? folder : folder.parent_path();
  model->name = named.filename().string();
  ASSIGN_OR_RETURN(FolderEncoder loaded, load_encoder(folder, {.tier = options.tier, .kind = options.kind}));
  model->encoder = std::move(loaded.encoder);
  model->tokenizer = std::move(loaded.tokenizer);
  if (model->tokenizer == nullptr) {
    ASSIGN_OR_RETURN(model->tokenizer, Tokenizer::load(tokenizer_file(folder, loaded.transformer)));
  }
  if (loaded.prompt == PairPrompt::kQwen3Reranker) model->pair_template = qwen3_reranker_template();
  if (const CrossEncoder* encoder = model->cross_encoder(); encoder != nullptr && encoder->num_labels() != 1) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "the model in [{}] gives [{}] logits a pair; a re-ranker must give exactly 1 ([num_labels] in config.json)",
                       folder.string(), encoder->num_labels());
  }
  if (model->cross_encoder() != nullptr) {
    ASSIGN_OR_RETURN(model->calibration, read_calibration(folder));
  }
  return std::shared_ptr<const LoadedModel>(std::move(model));
}

}  // namespace selene::models
