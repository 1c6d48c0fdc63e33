#include "models/runtime/rerank_model.h"

#include "models/architectures/registry.h"

namespace selene::models {

base::Result<std::shared_ptr<const RerankModel>> RerankModel::load(const std::filesystem::path& folder, Tier tier) {
  auto model = std::make_shared<RerankModel>();
  const std::filesystem::path named = folder.has_filename() ? folder : folder.parent_path();
  model->name = named.filename().string();
  ASSIGN_OR_RETURN(model->encoder, load_cross_encoder(folder, tier));
  ASSIGN_OR_RETURN(model->tokenizer, Tokenizer::load(folder / "tokenizer.json"));
  if (model->encoder->num_labels() != 1) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "the model in [{}] gives [{}] logits a pair; a re-ranker must give exactly 1 ([num_labels] in config.json)",
                       folder.string(), model->encoder->num_labels());
  }
  return std::shared_ptr<const RerankModel>(std::move(model));
}

}  // namespace selene::models
