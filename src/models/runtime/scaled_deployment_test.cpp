#include "models/runtime/scaled_deployment.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace selene::models {
namespace {

using std::chrono::minutes;
using Time = ScaledDeployment::Time;

/// Counts how many there are and how many were stopped by hand.
class FakeDeployment final : public Deployment {
 public:
  explicit FakeDeployment(std::atomic<int>& alive) : alive_(alive) { ++alive_; }
  ~FakeDeployment() override { --alive_; }
  base::Result<std::vector<float>> score(std::string_view, std::span<const std::string_view> texts,
                                         const base::Cancellation&) override {
    return std::vector<float>(texts.size(), 1.0F);
  }
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view>, const base::Cancellation&) override {
    return std::vector<std::vector<float>>();
  }
  base::Result<std::vector<SparseVector>> expand(std::span<const std::string_view>, const base::Cancellation&) override {
    return std::vector<SparseVector>();
  }
  base::Result<RowOutputs> run(std::span<const Encoding>, const base::Cancellation&) override { return RowOutputs(); }
  const LoadedModel& model() const override { return model_; }
  DeploymentOptions options() const override { return {}; }
  DeploymentStats stats() const override { return {.num_requests = 1, .num_queued = 1}; }
  void stop() override {}

 private:
  std::atomic<int>& alive_;
  LoadedModel model_;
};

class ScaledDeploymentTest : public ::testing::Test {
 protected:
  ScaledDeployment make(ScaledDeployment::Scaling scaling) {
    return ScaledDeployment(
        [this]() -> base::Result<std::unique_ptr<Deployment>> {
          ++started_;
          return std::unique_ptr<Deployment>(std::make_unique<FakeDeployment>(alive_));
        },
        scaling);
  }
  std::atomic<int> started_ = 0;
  std::atomic<int> alive_ = 0;
};

TEST_F(ScaledDeploymentTest, IdleOnesEndAndComeBackWithTheNextUse) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kDownToZero);
  const Time start = Time() + minutes(100);
  ASSERT_TRUE(deployment.lease(start).has_value());
  deployment.shrink_if_idle(start + minutes(14), minutes(15));
  EXPECT_EQ(alive_, 1);
  deployment.shrink_if_idle(start + minutes(15), minutes(15));
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(deployment.running(), nullptr);
  ASSERT_TRUE(deployment.lease(start + minutes(16)).has_value());
  EXPECT_EQ(started_, 2);
}

TEST_F(ScaledDeploymentTest, ALeaseKeepsTheDeploymentHoweverLong) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kDownToZero);
  const Time start = Time() + minutes(100);
  auto lease = deployment.lease(start).value();
  deployment.shrink_if_idle(start + minutes(60), minutes(15));
  EXPECT_EQ(alive_, 1);
  lease.reset();
  deployment.shrink_if_idle(start + minutes(61), minutes(15));
  EXPECT_EQ(alive_, 1) << "the time counts from the last moment of use";
  deployment.shrink_if_idle(start + minutes(75), minutes(15));
  EXPECT_EQ(alive_, 0);
}

TEST_F(ScaledDeploymentTest, FixedOnesStay) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kFixed);
  ASSERT_TRUE(deployment.lease(Time()).has_value());
  deployment.shrink_if_idle(Time() + minutes(600), minutes(15));
  EXPECT_EQ(alive_, 1);
}

TEST_F(ScaledDeploymentTest, ReleaseWaitsForTheLastLease) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kFixed);
  auto lease = deployment.lease(Time()).value();
  deployment.release();
  EXPECT_EQ(alive_, 1);
  const std::vector<std::string_view> texts = {"a"};
  EXPECT_TRUE(lease->score("q", texts, {}).has_value());
  lease.reset();
  EXPECT_EQ(alive_, 0);
}

TEST_F(ScaledDeploymentTest, FiguresOutliveTheDeployment) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kDownToZero);
  EXPECT_FALSE(deployment.usage().last_use.has_value());
  const Time start = Time() + minutes(100);
  ASSERT_TRUE(deployment.lease(start).has_value());
  EXPECT_EQ(deployment.usage().stats.num_queued, 1);
  deployment.shrink_if_idle(start + minutes(15), minutes(15));
  const auto usage = deployment.usage();
  EXPECT_EQ(usage.stats.num_requests, 1);
  EXPECT_EQ(usage.stats.num_queued, 0) << "what ended has nothing waiting";
  EXPECT_FALSE(usage.started.has_value());
  EXPECT_EQ(usage.last_use, start);
  ASSERT_TRUE(deployment.lease(start + minutes(20)).has_value());
  EXPECT_EQ(deployment.usage().stats.num_requests, 2);
  EXPECT_EQ(deployment.usage().started, start + minutes(20));
}

TEST_F(ScaledDeploymentTest, NoRequestIsLostWhileItShrinksAllTheTime) {
  ScaledDeployment deployment = make(ScaledDeployment::Scaling::kDownToZero);
  std::atomic<bool> done = false;
  std::atomic<int> lost = 0;
  std::thread shrinker([&] {
    while (!done) deployment.shrink_if_idle(Time::clock::now() + minutes(1), minutes(0));
  });
  std::vector<std::thread> callers;
  for (int t = 0; t < 3; ++t) {
    callers.emplace_back([&] {
      const std::vector<std::string_view> texts = {"a"};
      for (int i = 0; i < 2000; ++i) {
        const auto lease = deployment.lease(Time::clock::now());
        if (!lease.has_value() || !(*lease)->score("q", texts, {}).has_value()) ++lost;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  done = true;
  shrinker.join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace selene::models
