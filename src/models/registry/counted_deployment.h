#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "models/runtime/deployment.h"

namespace selene::models {

/// Somebody's lease of a deployment that others own: tells them of every call, and never stops what is theirs. Thread-safe.
class CountedDeployment final : public Deployment {
 public:
  /// `inputs`: texts or rows of a call that was answered; 0 for one that failed.
  using Counter = std::function<void(int64_t inputs)>;
  CountedDeployment(std::shared_ptr<Deployment> lease, Counter count) : lease_(std::move(lease)), count_(std::move(count)) {}

  base::Result<std::vector<float>> score(std::string_view query, std::span<const std::string_view> texts,
                                         const base::Cancellation& cancellation) override {
    return counted(texts.size(), lease_->score(query, texts, cancellation));
  }
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      const base::Cancellation& cancellation) override {
    return counted(texts.size(), lease_->embed(texts, cancellation));
  }
  base::Result<std::vector<SparseVector>> expand(std::span<const std::string_view> texts,
                                                 const base::Cancellation& cancellation) override {
    return counted(texts.size(), lease_->expand(texts, cancellation));
  }
  base::Result<RowOutputs> run(std::span<const Encoding> rows, const base::Cancellation& cancellation) override {
    return counted(rows.size(), lease_->run(rows, cancellation));
  }
  const LoadedModel& model() const override { return lease_->model(); }
  DeploymentOptions options() const override { return lease_->options(); }
  DeploymentStats stats() const override { return lease_->stats(); }
  void stop() override {}

 private:
  template <class Answer>
  Answer counted(size_t inputs, Answer answer) const {
    count_(answer.has_value() ? static_cast<int64_t>(inputs) : 0);
    return answer;
  }

  const std::shared_ptr<Deployment> lease_;
  const Counter count_;
};

}  // namespace selene::models
