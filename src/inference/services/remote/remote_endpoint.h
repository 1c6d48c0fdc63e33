#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "inference/services/remote/token_cache.h"
#include "inference/services/remote/vendor_model.h"
#include "inference/services/service.h"
#include "inference/transport/transport.h"

namespace selene::inference {

/// What the settings say of an embedding endpoint, and what a call has taught.
struct EmbeddingSettings {
  std::optional<int32_t> dimensions;  ///< set by the user: asked of the vendor
  std::optional<int32_t> learned_dimensions;
  std::optional<std::string> similarity;
  std::optional<int32_t> max_input_tokens;
};

/// An endpoint of a vendor: splits calls to what the vendor takes, sends them through the transport, puts the answers together.
/// Thread-safe.
class RemoteEndpoint final : public Endpoint {
 public:
  RemoteEndpoint(const Vendor& vendor, const EndpointDefinition& definition, std::unique_ptr<VendorModel> model,
                 EmbeddingSettings embedding, int32_t requests_per_minute, std::string task_settings, std::string chunking_settings,
                 const ServiceContext& context);

  const EndpointInfo& info() const override { return info_; }
  /// A tiny call, unless the context says not to. Errors: kStatusBadRequest with the vendor's error as cause.
  base::Status start(const base::Cancellation& cancellation) override;
  std::string secrets() const override;
  std::string stored_settings() const override;
  base::Result<RerankResult> rerank(const RerankRequest& request, const base::Cancellation& cancellation) override;
  base::Result<std::vector<std::vector<float>>> text_embedding(const EmbeddingRequest& request,
                                                               const base::Cancellation& cancellation) override;
  base::Result<std::vector<SparseEmbedding>> sparse_embedding(const EmbeddingRequest& request,
                                                              const base::Cancellation& cancellation) override;
  RerankEndpointTraits rerank_traits() const override;
  base::Result<EmbeddingTraits> embedding_traits() override;

 private:
  base::Status send(net::ClientRequest request, const AnswerReader& reader, const base::Cancellation& cancellation);
  base::Result<AccessToken> fetch_token(const base::Cancellation& cancellation);
  base::Result<base::JsonDocument> merged_task_settings(base::JsonValue of_call, std::span<const TaskSetting> allowed,
                                                        std::string& text) const;
  base::Status probe(const base::Cancellation& cancellation);
  std::string settings_text() const;

  const Vendor& vendor_;
  const std::unique_ptr<const VendorModel> model_;
  EmbeddingSettings embedding_;  // only `learned_dimensions` changes, under mutex_ once the endpoint is in use
  const int32_t requests_per_minute_;
  const ValidateNewEndpoints validate_;
  EndpointInfo info_;
  Transport transport_;
  TokenCache token_;
  std::mutex mutex_;
};

/// Settings checked against the table: wrong types go to the validation, the JSON text of what was given comes back.
/// Keys that are not in the table stay with the reader (`leftovers`).
std::string read_task_settings(SettingsReader& reader, std::span<const TaskSetting> allowed);

}  // namespace selene::inference
