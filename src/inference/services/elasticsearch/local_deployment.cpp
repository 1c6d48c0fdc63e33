#include "inference/services/elasticsearch/local_deployment.h"

#include <algorithm>
#include <utility>

namespace selene::inference {

base::Result<std::shared_ptr<models::Deployment>> LocalDeployment::lease(Time now) {
  const std::lock_guard lock(mutex_);
  if (deployment_ == nullptr) {
    ASSIGN_OR_RETURN(deployment_, starter_());
  }
  last_use_ = std::max(last_use_, now);
  return deployment_;
}

void LocalDeployment::shrink_if_idle(Time now, std::chrono::milliseconds idle_time) {
  if (scaling_ == Scaling::kFixed) return;
  std::shared_ptr<models::Deployment> ended;  // destroyed (threads joined) outside the lock
  const std::lock_guard lock(mutex_);
  if (deployment_ == nullptr || now - last_use_ < idle_time) return;
  if (deployment_.use_count() > 1) {
    last_use_ = now;  // in use all the time
    return;
  }
  ended.swap(deployment_);
}

void LocalDeployment::release() {
  std::shared_ptr<models::Deployment> ended;
  const std::lock_guard lock(mutex_);
  ended.swap(deployment_);
}

void LocalDeployment::stop() {
  std::shared_ptr<models::Deployment> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(deployment_);
  }
  if (ended != nullptr) ended->stop();
}

std::shared_ptr<models::Deployment> LocalDeployment::running() const {
  const std::lock_guard lock(mutex_);
  return deployment_;
}

}  // namespace selene::inference
