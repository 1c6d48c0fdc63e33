#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "inference/endpoints/inference_service.h"

namespace selene::search {

/// The embeddings that the queries of one request ask for, with input type `search`: the same text for the same endpoint is
/// computed once. A failure fails the whole request, not one index of it: `failure()` is to be asked at its end. Thread-safe.
class QueryInference {
 public:
  /// `service` outlives it.
  QueryInference(inference::InferenceService& service, base::Cancellation cancellation)
      : service_(service), cancellation_(std::move(cancellation)) {}

  /// Tokens with weights above 0. Errors: those of InferenceService::sparse_embedding.
  base::Result<std::vector<inference::TokenWeight>> sparse_embedding(std::string_view inference_id, std::string_view text);
  /// Errors: those of InferenceService::text_embedding.
  base::Result<std::vector<float>> text_embedding(std::string_view inference_id, std::string_view text);
  /// Whether the endpoint is there and embeds. Errors: those of InferenceService::embedding_traits.
  base::Status check_embeds(std::string_view inference_id);
  /// The first error of all; empty if there was none.
  std::optional<base::Error> failure() const;

 private:
  /// One answer, computed by the first who asks while the others wait.
  template <class Answer>
  struct Entry {
    std::mutex mutex;
    std::optional<base::Result<Answer>> answer;
  };
  using Key = std::pair<std::string, std::string>;  ///< endpoint, text
  template <class Answer>
  using Entries = std::map<Key, std::shared_ptr<Entry<Answer>>>;
  template <class Answer, class Compute>
  base::Result<Answer> once(Entries<Answer>& entries, std::string_view inference_id, std::string_view text, Compute compute);

  inference::InferenceService& service_;
  const base::Cancellation cancellation_;
  mutable std::mutex mutex_;
  Entries<std::vector<inference::TokenWeight>> sparse_;  // GUARDED_BY(mutex_)
  Entries<std::vector<float>> dense_;                    // GUARDED_BY(mutex_)
  std::optional<base::Error> failure_;                   // GUARDED_BY(mutex_)
};

}  // namespace selene::search
