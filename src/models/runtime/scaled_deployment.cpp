#include "models/runtime/scaled_deployment.h"

#include <algorithm>
#include <utility>

namespace selene::models {

DeploymentStats operator+(DeploymentStats a, const DeploymentStats& b) {
  a.num_requests += b.num_requests;
  a.num_pairs += b.num_pairs;
  a.num_tokens += b.num_tokens;
  a.num_rejected += b.num_rejected;
  a.num_dropped += b.num_dropped;
  a.num_queued += b.num_queued;
  a.compute_seconds += b.compute_seconds;
  a.num_token_cache_hits += b.num_token_cache_hits;
  a.num_token_cache_misses += b.num_token_cache_misses;
  a.num_score_cache_hits += b.num_score_cache_hits;
  a.num_score_cache_misses += b.num_score_cache_misses;
  a.cache_bytes += b.cache_bytes;
  return a;
}

base::Result<std::shared_ptr<Deployment>> ScaledDeployment::lease(Time now) {
  const auto current = [&] {
    const std::lock_guard lock(mutex_);
    if (deployment_ != nullptr) last_use_ = std::max(last_use_.value_or(now), now);
    return deployment_;
  };
  if (auto running = current(); running != nullptr) return running;
  const std::lock_guard starting(start_mutex_);  // figures can be read meanwhile
  if (auto running = current(); running != nullptr) return running;
  ASSIGN_OR_RETURN(std::shared_ptr<Deployment> started, starter_());
  const std::lock_guard lock(mutex_);
  deployment_ = started;
  started_ = now;
  last_use_ = std::max(last_use_.value_or(now), now);
  return started;
}

/// The deployment, whose figures are kept; the caller lets it end outside the lock.
std::shared_ptr<Deployment> ScaledDeployment::take_locked() {
  if (deployment_ == nullptr) return nullptr;
  DeploymentStats last = deployment_->stats();
  last.num_queued = 0;
  last.cache_bytes = 0;
  ended_ = ended_ + last;
  started_.reset();
  return std::exchange(deployment_, nullptr);
}

void ScaledDeployment::shrink_if_idle(Time now, std::chrono::milliseconds idle_time) {
  if (scaling_ == Scaling::kFixed) return;
  std::shared_ptr<Deployment> ended;  // destroyed (threads joined) outside the lock
  const std::lock_guard lock(mutex_);
  if (deployment_ == nullptr || now - last_use_.value_or(now) < idle_time) return;
  if (deployment_.use_count() > 1) {
    last_use_ = now;  // in use all the time
    return;
  }
  ended = take_locked();
}

void ScaledDeployment::release() {
  std::shared_ptr<Deployment> ended;
  const std::lock_guard lock(mutex_);
  ended = take_locked();
}

void ScaledDeployment::stop() {
  std::shared_ptr<Deployment> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = take_locked();
  }
  if (ended != nullptr) ended->stop();
}

std::shared_ptr<Deployment> ScaledDeployment::running() const {
  const std::lock_guard lock(mutex_);
  return deployment_;
}

ScaledDeployment::Usage ScaledDeployment::usage() const {
  const std::lock_guard lock(mutex_);
  return {deployment_ != nullptr ? ended_ + deployment_->stats() : ended_, started_, last_use_};
}

}  // namespace selene::models
