#pragma once

#include "inference/services/service.h"

namespace selene::inference {

/// Models that run in this process. Task types: rerank (cross-encoders).
/// Settings: model_id, num_threads, num_allocations or adaptive_allocations; task_settings: return_documents (default true).
class ElasticsearchService final : public Service {
 public:
  std::string_view name() const override { return "elasticsearch"; }
  std::span<const TaskType> task_types() const override;
  base::Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition,
                                                 const ServiceContext& context) const override;
};

}  // namespace selene::inference
