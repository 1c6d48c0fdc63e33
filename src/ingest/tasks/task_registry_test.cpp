#include "ingest/tasks/task_registry.h"

#include <gtest/gtest.h>

#include <future>

namespace selene::ingest {
namespace {

TaskSpec spec(std::function<base::Result<std::string>(const base::Cancellation&)> run) {
  TaskSpec made;
  made.action = "indices:data/write/reindex";
  made.status = [] { return std::string("{}"); };
  made.run = std::move(run);
  return made;
}

TEST(TaskRegistryTest, AStartedTaskIsKeptWithItsAnswer) {
  TaskRegistry tasks;
  std::promise<void> go;
  const auto id = tasks.start(spec([&](const base::Cancellation&) -> base::Result<std::string> {
    go.get_future().wait();
    return std::string(R"({"took":1})");
  }));
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(tasks.running().size(), 1U);
  EXPECT_FALSE(tasks.find(*id)->result.has_value());
  EXPECT_FALSE(tasks.wait(*id, std::chrono::milliseconds(0)));
  go.set_value();
  EXPECT_TRUE(tasks.wait(*id, std::chrono::minutes(1)));
  EXPECT_TRUE(tasks.running().empty());
  EXPECT_EQ(**tasks.find(*id)->result, R"({"took":1})");
}

TEST(TaskRegistryTest, ATaskRunHereIsListedWhileItRunsAndThenForgotten) {
  TaskRegistry tasks;
  int64_t id = 0;
  const auto answer = tasks.run(spec([&](const base::Cancellation&) -> base::Result<std::string> {
                                  id = tasks.running().front().id;
                                  return std::string("{}");
                                }),
                                {});
  EXPECT_TRUE(answer.has_value());
  EXPECT_GT(id, 0);
  EXPECT_FALSE(tasks.find(id).has_value());
}

TEST(TaskRegistryTest, CancelReachesARunningTaskOnly) {
  TaskRegistry tasks;
  std::promise<void> cancelled;
  const auto id = tasks.start(spec([&](const base::Cancellation& cancellation) -> base::Result<std::string> {
    cancelled.get_future().wait();
    return std::string(cancellation.cancelled() ? "stopped" : "ran on");
  }));
  EXPECT_TRUE(tasks.cancel(*id));
  cancelled.set_value();
  EXPECT_TRUE(tasks.wait(*id, std::chrono::minutes(1)));
  EXPECT_EQ(**tasks.find(*id)->result, "stopped");
  EXPECT_TRUE(tasks.find(*id)->cancelled);
  EXPECT_FALSE(tasks.cancel(*id));
  EXPECT_FALSE(tasks.cancel(12345));
}

TEST(TaskRegistryTest, NothingStartsAfterClose) {
  TaskRegistry tasks;
  tasks.close();
  EXPECT_EQ(tasks.start(spec([](const base::Cancellation&) -> base::Result<std::string> { return std::string(); })).error().code(),
            base::ErrorCode::kRejectedExecution);
  EXPECT_TRUE(tasks.running().empty());
}

TEST(TaskRegistryTest, ARunningTaskOfThatActionTakesAnotherRate) {
  TaskRegistry tasks;
  std::promise<void> go;
  float rate = 5;
  TaskSpec made = spec([&](const base::Cancellation&) -> base::Result<std::string> {
    go.get_future().wait();
    return std::string("{}");
  });
  made.rethrottle = [&](float requests_per_second) { rate = requests_per_second; };
  const auto id = tasks.start(std::move(made));
  EXPECT_FALSE(tasks.rethrottle(*id, "indices:data/write/delete/byquery", 7));
  EXPECT_FALSE(tasks.rethrottle(*id + 1, "indices:data/write/reindex", 7));
  EXPECT_EQ(rate, 5);
  EXPECT_TRUE(tasks.rethrottle(*id, "indices:data/write/reindex", -1));
  EXPECT_EQ(rate, -1);
  go.set_value();
  EXPECT_TRUE(tasks.wait(*id, std::chrono::minutes(1)));
  EXPECT_FALSE(tasks.rethrottle(*id, "indices:data/write/reindex", 7));
}

}  // namespace
}  // namespace selene::ingest
