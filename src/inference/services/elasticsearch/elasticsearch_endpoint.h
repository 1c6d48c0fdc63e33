#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "inference/services/elasticsearch/elasticsearch_settings.h"
#include "inference/services/service.h"
#include "models/runtime/scaled_deployment.h"

namespace selene::inference {

/// A model of this process behind an endpoint. The deployment starts with PUT, or with the first use after a restart, of a
/// preconfigured endpoint, and after it scaled to zero. With `deployment_id` the endpoint uses a deployment that is not its own.
/// Thread-safe.
class ElasticsearchEndpoint final : public Endpoint {
 public:
  ElasticsearchEndpoint(const EndpointDefinition& definition, ElasticsearchSettings settings, RerankTaskSettings rerank,
                        std::string chunking_settings, const ServiceContext& context);

  const EndpointInfo& info() const override { return info_; }
  base::Status start(const base::Cancellation& cancellation) override;
  base::Result<RerankResult> rerank(const RerankRequest& request, const base::Cancellation& cancellation) override;
  base::Result<std::vector<std::vector<float>>> text_embedding(const EmbeddingRequest& request,
                                                               const base::Cancellation& cancellation) override;
  base::Result<std::vector<SparseEmbedding>> sparse_embedding(const EmbeddingRequest& request,
                                                              const base::Cancellation& cancellation) override;
  RerankEndpointTraits rerank_traits() const override;
  base::Result<EmbeddingTraits> embedding_traits() override;
  std::shared_ptr<models::Deployment> running_deployment() const override { return own_.running(); }
  std::optional<EndpointDeployment> own_deployment() const override;
  void shrink_if_idle(std::chrono::steady_clock::time_point now, std::chrono::milliseconds idle_time) override;
  void release() override { own_.release(); }
  void stop() override { own_.stop(); }

 private:
  base::Result<std::shared_ptr<models::Deployment>> lease();
  base::Result<std::unique_ptr<models::Deployment>> start_own() const;
  base::Result<std::vector<RankedDoc>> score(models::Deployment& deployment, const RerankRequest& request,
                                             const base::Cancellation& cancellation) const;
  base::Status refuse_task_settings(base::JsonValue task_settings) const;
  base::Status check_kind(const models::LoadedModel& model) const;
  models::DeploymentSize size() const;
  std::string_view prefix_of(const models::LoadedModel& model, InputType type) const;

  ElasticsearchSettings settings_;  // `dimensions` alone changes, in `start`
  const RerankTaskSettings rerank_;
  const ServiceContext context_;
  EndpointInfo info_;
  models::ScaledDeployment own_;
};

}  // namespace selene::inference
