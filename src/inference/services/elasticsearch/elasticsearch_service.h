#pragma once

#include "inference/services/service.h"

namespace selene::inference {

/// Models that run in this process: rerank (cross-encoders), text_embedding (bi-encoders), sparse_embedding. Under the name
/// `elser`, Elasticsearch's older one, sparse_embedding alone; its endpoints are shown as endpoints of `elasticsearch`.
class ElasticsearchService final : public Service {
 public:
  explicit constexpr ElasticsearchService(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }
  std::string_view title() const override;
  std::span<const TaskType> task_types() const override;
  std::span<const SettingInfo> settings() const override;
  base::Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition,
                                                 const ServiceContext& context) const override;

 private:
  bool is_elser() const { return name_ == "elser"; }
  const std::string_view name_;
};

}  // namespace selene::inference
