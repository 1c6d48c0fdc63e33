#include "search/query/query_inference.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

template <class Answer, class Compute>
Result<Answer> QueryInference::once(Entries<Answer>& entries, std::string_view inference_id, std::string_view text,
                                    Compute compute) {
  std::shared_ptr<Entry<Answer>> entry;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Entry<Answer>>& slot = entries[Key(inference_id, text)];
    if (slot == nullptr) slot = std::make_shared<Entry<Answer>>();
    entry = slot;
  }
  const std::lock_guard computing(entry->mutex);
  if (entry->answer) return *entry->answer;
  inference::EmbeddingRequest request;
  request.inputs = {text};
  request.input_type = inference::InputType::kSearch;
  auto answers = compute(request);
  if (!answers.has_value()) {
    entry->answer = std::move(answers).error();
  } else if (answers->size() != 1) {
    entry->answer =
        Error(ErrorCode::kIllegalState, "inference endpoint [{}] gave [{}] results for [1] text", inference_id, answers->size());
  } else {
    entry->answer = std::move(answers->front());
  }
  if (!entry->answer->has_value()) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = entry->answer->error();
  }
  return *entry->answer;
}

Result<std::vector<inference::TokenWeight>> QueryInference::sparse_embedding(std::string_view inference_id, std::string_view text) {
  return once(sparse_, inference_id, text,
              [&](const inference::EmbeddingRequest& request) -> Result<std::vector<std::vector<inference::TokenWeight>>> {
                ASSIGN_OR_RETURN(auto embeddings, service_.sparse_embedding(inference_id, request, cancellation_));
                std::vector<std::vector<inference::TokenWeight>> tokens;
                for (inference::SparseEmbedding& embedding : embeddings) tokens.push_back(std::move(embedding.tokens));
                return tokens;
              });
}

Result<std::vector<float>> QueryInference::text_embedding(std::string_view inference_id, std::string_view text) {
  return once(dense_, inference_id, text, [&](const inference::EmbeddingRequest& request) {
    return service_.text_embedding(inference_id, request, cancellation_);
  });
}

base::Status QueryInference::check_embeds(std::string_view inference_id) {
  if (auto traits = service_.embedding_traits(inference_id); !traits.has_value()) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = traits.error();
    return std::move(traits).error();
  }
  return {};
}

std::optional<Error> QueryInference::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace selene::search
