#pragma once

#include "inference/services/remote/vendor_model.h"
#include "inference/services/service.h"

namespace selene::inference {

/// The Service of one row of the table of vendors.
class VendorService final : public Service {
 public:
  explicit constexpr VendorService(const Vendor& vendor) : vendor_(vendor) {}
  std::string_view name() const override { return vendor_.name; }
  std::string_view title() const override { return vendor_.title; }
  std::span<const TaskType> task_types() const override { return vendor_.task_types; }
  std::span<const SettingInfo> settings() const override { return vendor_.settings; }
  base::Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition,
                                                 const ServiceContext& context) const override;

 private:
  const Vendor& vendor_;
};

}  // namespace selene::inference
