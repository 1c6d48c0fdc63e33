#include "index/engine/operation_counters.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "index/engine/engine_fixture.h"

namespace selene::index {
namespace {

using std::chrono::milliseconds;

TEST(OperationCountersTest, TimesAndFailuresAreKeptApart) {
  OperationCounters counters;
  counters.add(Operation::kQuery, milliseconds(3));
  counters.add(Operation::kIndex, milliseconds(10), 4);
  counters.fail(Operation::kQuery);
  const OperationTotals totals = counters.totals();
  EXPECT_EQ(totals[Operation::kQuery].total, 1);
  EXPECT_EQ(totals[Operation::kQuery].failed, 1);
  EXPECT_EQ(totals[Operation::kQuery].millis(), 3);
  EXPECT_EQ(totals[Operation::kIndex].total, 4);
  EXPECT_EQ(totals[Operation::kIndex].millis(), 10);
  EXPECT_EQ(totals[Operation::kFetch].total, 0);
}

TEST(OperationCountersTest, RunningOperationIsCurrentAndCountsOnlyIfItSucceeds) {
  OperationCounters counters;
  {
    RunningOperation good(counters, Operation::kFetch);
    const RunningOperation bad(counters, Operation::kFetch);
    EXPECT_EQ(counters.totals()[Operation::kFetch].current, 2);
    EXPECT_EQ(counters.totals().finished()[Operation::kFetch].current, 0);
    good.succeeded();
  }
  EXPECT_EQ(counters.totals()[Operation::kFetch].current, 0);
  EXPECT_EQ(counters.totals()[Operation::kFetch].total, 1);
}

TEST(OperationCountersTest, AveragesOfBulksMoveByATenth) {
  OperationCounters counters;
  counters.add_bulk(milliseconds(10), 1000);
  EXPECT_EQ(counters.totals().average_bulk_bytes, 100);
  counters.add_bulk(milliseconds(10), 1000);
  EXPECT_EQ(counters.totals().average_bulk_bytes, 190);
  EXPECT_EQ(counters.totals().average_bulk_nanoseconds, 1'900'000);
  EXPECT_EQ(counters.totals().bulk_bytes, 2000);
}

TEST(OperationCountersTest, SumsWeighAveragesByBatches) {
  OperationCounters one;
  one.add_bulk(milliseconds(1), 1000);
  OperationCounters none;
  OperationTotals sum = one.totals();
  sum += none.totals();
  EXPECT_EQ(sum.average_bulk_bytes, 100);
  sum += one.totals();
  EXPECT_EQ(sum.average_bulk_bytes, 100);
  EXPECT_EQ(sum[Operation::kBulk].total, 2);
}

TEST(OperationCountersTest, NothingIsLostBetweenThreads) {
  OperationCounters counters;
  constexpr int kTimes = 10'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&counters] {
      for (int i = 0; i < kTimes; ++i) {
        RunningOperation running(counters, Operation::kQuery);
        running.succeeded();
        counters.add_bulk({}, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counters.totals()[Operation::kQuery].total, 4 * kTimes);
  EXPECT_EQ(counters.totals()[Operation::kQuery].current, 0);
  EXPECT_EQ(counters.totals().bulk_bytes, 4 * kTimes);
}

class EngineCountersTest : public EngineTest {
 protected:
  OperationTotals totals() const { return engine_->counters().totals(); }
};

TEST_F(EngineCountersTest, BatchCountsEachOfItsOperations) {
  WriteOp create = make_index_op("1", R"({"a":1})");
  create.type = OpType::kCreate;
  const std::vector<WriteOp> ops = {create, create, make_index_op("2", "no JSON"), make_delete_op("1"), make_delete_op("9")};
  (void)engine_->apply(ops);
  EXPECT_EQ(totals()[Operation::kIndex].total, 1);
  EXPECT_EQ(totals()[Operation::kIndex].failed, 1);
  EXPECT_EQ(totals()[Operation::kDelete].total, 2);
  EXPECT_EQ(totals()[Operation::kDelete].failed, 0);
  EXPECT_EQ(totals()[Operation::kIndex].current, 0);
  EXPECT_EQ(engine_->stats().unflushed_operations, 3);
}

TEST_F(EngineCountersTest, FlushThatMakesNothingVisibleIsNoRefresh) {
  must(make_index_op("1", "{}"));
  ASSERT_TRUE(engine_->flush());
  ASSERT_TRUE(engine_->flush());
  EXPECT_EQ(totals()[Operation::kFlush].total, 2);
  EXPECT_EQ(totals()[Operation::kRefresh].total, 1);
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(totals()[Operation::kRefresh].total, 2);
  EXPECT_EQ(engine_->stats().unflushed_operations, 0);
}

TEST_F(EngineCountersTest, FlushThatNobodyAskedForIsPeriodic) {
  must(make_index_op("1", "{}"));
  engine_->tick(LocalIndexEngine::Clock::now() + std::chrono::hours(1), 1000);
  EXPECT_EQ(totals()[Operation::kFlush].total, 1);
  EXPECT_EQ(totals()[Operation::kPeriodicFlush].total, 1);
}

TEST_F(EngineCountersTest, MergeCountsTheDocumentsOfItsSources) {
  for (const char* const id : {"1", "2", "1"}) {
    must(make_index_op(id, "{}"));
    ASSERT_TRUE(engine_->refresh());
  }
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_EQ(totals()[Operation::kMerge].total, 1);
  EXPECT_EQ(totals().merged_docs, 2);
  EXPECT_GT(totals().merged_bytes, 0);
  EXPECT_EQ(totals().merging_docs, 0);
  EXPECT_EQ(totals().merging_bytes, 0);
}

TEST_F(EngineCountersTest, GetsAreCountedByWhatTheyFind) {
  must(make_index_op("1", "{}"));
  ASSERT_TRUE(engine_->get("1"));
  ASSERT_TRUE(engine_->get("2"));
  EXPECT_EQ(totals()[Operation::kGetExists].total, 1);
  EXPECT_EQ(totals()[Operation::kGetMissing].total, 1);
}

}  // namespace
}  // namespace selene::index
