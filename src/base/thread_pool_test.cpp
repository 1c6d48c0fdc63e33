#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

namespace selene::base {
namespace {

TEST(ThreadPoolTest, RunsWhatIsSubmitted) {
  ThreadPool pool("test", 2, 100);
  std::promise<int> promise;
  ASSERT_TRUE(pool.submit([&] { promise.set_value(7); }).has_value());
  EXPECT_EQ(promise.get_future().get(), 7);
}

TEST(ThreadPoolTest, FullQueueIsAnErrorNotAWait) {
  std::promise<void> entered;
  std::promise<void> open;
  std::shared_future<void> gate(open.get_future());
  ThreadPool pool("test", 1, 1);
  ASSERT_TRUE(pool.submit([&entered, gate] {
                    entered.set_value();
                    gate.wait();
                  })
                  .has_value());
  entered.get_future().wait();
  ASSERT_TRUE(pool.submit([] {}).has_value());
  const Status refused = pool.submit([] {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kRejectedExecution);
  EXPECT_NE(refused.error().reason().find("[test]"), std::string::npos);
  open.set_value();
}

TEST(ThreadPoolTest, StopDropsQueuedTasksAndRefusesNewOnes) {
  std::promise<void> entered;
  std::promise<void> open;
  std::shared_future<void> gate(open.get_future());
  std::atomic<bool> ran{false};
  ThreadPool pool("test", 1, 10);
  ASSERT_TRUE(pool.submit([&entered, gate] {
                    entered.set_value();
                    gate.wait();
                  })
                  .has_value());
  entered.get_future().wait();
  // Dropping this task opens the gate: the running one ends only after that.
  ASSERT_TRUE(pool.submit([&ran, opener = std::shared_ptr<std::promise<void>>(
                                     &open, [](std::promise<void>* p) { p->set_value(); })] { ran = true; })
                  .has_value());
  pool.stop();
  EXPECT_FALSE(ran);
  EXPECT_FALSE(pool.submit([] {}).has_value());
}

TEST(ThreadPoolTest, ForeignExceptionCostsTheTaskNotTheThread) {
  ThreadPool pool("test", 1, 10);
  std::promise<void> done;
  ASSERT_TRUE(pool.submit([] { throw std::runtime_error("foreign"); }).has_value());
  ASSERT_TRUE(pool.submit([&] { done.set_value(); }).has_value());
  done.get_future().wait();
}

}  // namespace
}  // namespace selene::base
