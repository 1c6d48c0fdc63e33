#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "models/runtime/deployment.h"

namespace selene::models {

/// A deployment that is started by its first use and, if it may scale to zero, ended when nobody used it for a while; the next use
/// starts it again. Whoever holds a lease keeps its deployment running, so no request is lost to an end or a restart. Time is
/// passed in. Thread-safe.
class ScaledDeployment {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Starter = std::function<base::Result<std::unique_ptr<Deployment>>()>;
  enum class Scaling : uint8_t { kFixed, kDownToZero };

  ScaledDeployment(Starter starter, Scaling scaling) : starter_(std::move(starter)), scaling_(scaling) {}

  /// The running deployment; starts it if there is none. Callers that come while it starts wait.
  base::Result<std::shared_ptr<Deployment>> lease(Time now);
  /// Ends the deployment if it may scale to zero, nobody holds a lease and the last use was `idle_time` ago.
  void shrink_if_idle(Time now, std::chrono::milliseconds idle_time);
  /// Lets go of the deployment: it ends when the last lease does.
  void release();
  /// Ends it now; requests that wait fail.
  void stop();
  std::shared_ptr<Deployment> running() const;

  struct Usage {
    DeploymentStats stats;        ///< over all starts; of those that ended, nothing waits or is kept
    std::optional<Time> started;  ///< of the running one
    std::optional<Time> last_use;
  };
  Usage usage() const;

 private:
  std::shared_ptr<Deployment> take_locked();  // REQUIRES(mutex_)

  const Starter starter_;
  const Scaling scaling_;
  std::mutex start_mutex_;  // one start at a time; taken before mutex_
  mutable std::mutex mutex_;
  std::shared_ptr<Deployment> deployment_;  // GUARDED_BY(mutex_), like all below
  DeploymentStats ended_;
  std::optional<Time> started_;
  std::optional<Time> last_use_;
};

/// Figures of two deployments of one model together.
DeploymentStats operator+(DeploymentStats a, const DeploymentStats& b);

}  // namespace selene::models
