#pragma once

#include <memory>
#include <mutex>

#include "inference/services/elasticsearch/elasticsearch_settings.h"
#include "inference/services/service.h"
#include "models/runtime/deployment.h"

namespace selene::inference {

/// A cross-encoder of this process behind an endpoint. The deployment starts with PUT, or with the first use after a restart and of
/// a preconfigured endpoint. Thread-safe.
class ElasticsearchEndpoint final : public Endpoint {
 public:
  ElasticsearchEndpoint(const EndpointDefinition& definition, ElasticsearchSettings settings, bool return_documents,
                        const ServiceContext& context);
  ~ElasticsearchEndpoint() override;

  const EndpointInfo& info() const override { return info_; }
  base::Status start() override;
  base::Result<RerankResult> rerank(const RerankRequest& request, const base::Cancellation& cancellation) override;
  std::optional<models::DeploymentStats> deployment_stats() const override;
  void stop() override;

 private:
  base::Result<std::shared_ptr<models::Deployment>> running_deployment();
  models::DeploymentOptions deployment_options() const;

  const ElasticsearchSettings settings_;
  const bool return_documents_;
  const ServiceContext context_;
  EndpointInfo info_;
  mutable std::mutex mutex_;
  std::shared_ptr<models::Deployment> deployment_;  ///< null until the first use
};

}  // namespace selene::inference
