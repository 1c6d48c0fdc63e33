#include <atomic>
#include <thread>

#include "index/engine/engine_fixture.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

class EngineConcurrencyTest : public EngineTest {};

constexpr int kWriters = 3;
constexpr int kBatches = 25;
constexpr int kBatchSize = 8;

/// Each writer owns its ids, so the end state is known; the shared id is fought over.
void write(LocalIndexEngine& engine, int writer) {
  for (int batch = 0; batch < kBatches; ++batch) {
    std::vector<std::string> sources;
    for (int i = 0; i < kBatchSize; ++i) {
      sources.push_back(R"({"t":"common batch)" + std::to_string(batch) + R"(","n":)" + std::to_string(batch * kBatchSize + i) +
                        R"(,"f)" + std::to_string(batch % 3) + R"(":true})");
    }
    std::vector<WriteOp> ops;
    for (int i = 0; i < kBatchSize; ++i) {
      ops.push_back(
          make_index_op(std::to_string(writer) + "-" + std::to_string((batch + i) % 20), sources[static_cast<size_t>(i)]));
    }
    ops.push_back(make_index_op("shared", sources[0]));
    if (batch % 5 == 4) ops.push_back(make_delete_op(std::to_string(writer) + "-0"));
    for (const auto& result : engine.apply(ops)) ASSERT_TRUE(result) << result.error().reason();
  }
}

TEST_F(EngineConcurrencyTest, WritersSearchersRefreshesAndMergesTogether) {
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) threads.emplace_back([&, writer] { write(*engine_, writer); });
  std::thread refresher([&] {
    for (int i = 0; !done; ++i) {
      EXPECT_TRUE((i % 4 == 3 ? engine_->flush() : engine_->refresh()).has_value());
      engine_->merge_once();
      if (i % 7 == 6) {
        EXPECT_TRUE(engine_->force_merge(2));
      }
      (void)engine_->stats();
    }
  });
  std::thread searcher([&] {
    while (!done) {
      const auto snapshot = engine_->snapshot();
      const auto documents = visible(*snapshot);  // checks that each id stands once and that store and segments agree
      EXPECT_EQ(search(*snapshot, "t", "common").size(), documents.size());
      EXPECT_EQ(snapshot->num_docs(), static_cast<int64_t>(documents.size()));
      (void)engine_->get("shared");
    }
  });
  for (std::thread& thread : threads) thread.join();
  done = true;
  refresher.join();
  searcher.join();
  ASSERT_TRUE(engine_->refresh());
  const auto before = visible();
  EXPECT_EQ(engine_->stats().max_seq_no + 1, kWriters * (kBatches * (kBatchSize + 1) + kBatches / 5));
  EXPECT_EQ((*engine_->get("shared"))->version, kWriters * kBatches);
  ASSERT_TRUE(engine_->force_merge(1));
  EXPECT_EQ(visible(), before);
  reopen();
  EXPECT_EQ(visible(), before);
}

/// A writer that is still parsing a large batch holds a flush up; what others commit meanwhile must not fall out of it: the
/// manifest says which operations the segments hold, and only later ones are replayed after a crash.
TEST_F(EngineConcurrencyTest, WritesDuringAFlushAreFoundAfterACrash) {
  std::string long_text = R"({"t":"common )";
  for (int i = 0; i < 4000; ++i) long_text += "word" + std::to_string(i) + " ";
  long_text += "\"}";
  std::atomic<bool> done = false;
  std::thread slow_writer([&] {
    std::vector<WriteOp> ops;
    for (int i = 0; i < 8; ++i) ops.push_back(make_index_op("slow-" + std::to_string(i), long_text));
    while (!done) {
      for (const auto& result : engine_->apply(ops)) EXPECT_TRUE(result);
    }
  });
  std::vector<std::thread> quick_writers;
  for (int writer = 0; writer < 3; ++writer) {
    quick_writers.emplace_back([&, writer] {
      for (int i = 0; !done; ++i) {
        const std::string source = R"({"t":"common","n":)" + std::to_string(i) + "}";
        must(make_index_op(std::to_string(writer) + "-" + std::to_string(i % 50), source));
      }
    });
  }
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(engine_->flush());
  done = true;
  slow_writer.join();
  for (std::thread& thread : quick_writers) thread.join();
  std::map<std::string, std::string> stored;
  const auto keep_stored = [&](const std::string& id) {
    const auto document = engine_->get(id);
    ASSERT_TRUE(document) << document.error().reason();
    if (*document) stored[id] = (*document)->source;
  };
  for (int i = 0; i < 8; ++i) keep_stored("slow-" + std::to_string(i));
  for (int writer = 0; writer < 3; ++writer) {
    for (int i = 0; i < 50; ++i) keep_stored(std::to_string(writer) + "-" + std::to_string(i));
  }
  reopen();  // without a refresh: what no segment holds comes from the log
  EXPECT_EQ(visible(), stored);
}

TEST_F(EngineConcurrencyTest, OfManyCreatesOfOneIdOneWins) {
  std::atomic<int> wins = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int id = 0; id < 30; ++id) {
        WriteOp op = make_index_op(std::to_string(id), "{}");
        op.type = OpType::kCreate;
        if (apply(op)) ++wins;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wins, 30);
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(engine_->snapshot()->num_docs(), 30);
}

}  // namespace
}  // namespace selene::index
