#include "models/runtime/deployment.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>

namespace selene::models {
namespace {

using base::Cancellation;
using base::ErrorCode;

/// One id a byte; a pair is 0, first, 0, second, 0.
class ByteTokenizer final : public Tokenizer {
 public:
  void encode(std::string_view text, size_t max_tokens, std::vector<int32_t>& ids,
              std::vector<std::pair<uint32_t, uint32_t>>*) const override {
    for (const char c : text.substr(0, max_tokens)) ids.push_back(static_cast<unsigned char>(c));
  }
  Encoding encode_single(std::string_view, int32_t, Offsets) const override { return {}; }
  base::Result<Encoding> encode_pair(std::string_view, std::string_view, const PairOptions&) const override { return Encoding{}; }
  base::Result<Encoding> build_pair(std::span<const int32_t> first, std::span<const int32_t> second,
                                    const PairOptions& options) const override {
    if (static_cast<int32_t>(first.size()) + 3 > options.max_length)
      return base::Error(ErrorCode::kIllegalArgument, "query too long");
    Encoding e;
    e.ids = {0};
    e.ids.insert(e.ids.end(), first.begin(), first.end());
    e.ids.push_back(0);
    const size_t room = static_cast<size_t>(options.max_length) - e.ids.size() - 1;
    e.truncated = second.size() > room;
    e.ids.insert(e.ids.end(), second.begin(), second.begin() + static_cast<std::ptrdiff_t>(std::min(room, second.size())));
    e.ids.push_back(0);
    e.type_ids.assign(e.ids.size(), 0);
    return e;
  }
  int32_t vocab_size() const override { return 256; }
  int32_t pad_id() const override { return 0; }
  int32_t token_id(std::string_view) const override { return -1; }
  std::string_view token(int32_t) const override { return {}; }
};

/// What the test and the encoder of a deployment share.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;
  int admitted = 0;
  int entered = 0;
  int cancelled = 0;                // forward calls that found themselves cancelled behind the gate
  std::vector<int32_t> batch_rows;  // rows of each forward call

  void close() { set(false); }
  void release() { set(true); }
  /// Lets one forward call through the closed gate.
  void admit_one() {
    const std::scoped_lock lock(mutex);
    ++admitted;
    changed.notify_all();
  }
  void set(bool value) {
    const std::scoped_lock lock(mutex);
    open = value;
    changed.notify_all();
  }
  void wait_until_entered(int times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return entered >= times; });
  }
};

/// logit = sum of the row's ids. Waits at the gate.
class SumEncoder final : public CrossEncoder {
 public:
  explicit SumEncoder(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  std::unique_ptr<Workspace> make_workspace(int32_t) const override { return std::make_unique<Workspace>(); }
  base::Status forward(const PackedBatch& batch, Workspace&, const Cancellation& cancellation,
                       std::span<float> logits) const override {
    {
      std::unique_lock lock(gate_->mutex);
      ++gate_->entered;
      gate_->batch_rows.push_back(batch.num_rows());
      gate_->changed.notify_all();
      gate_->changed.wait(lock, [&] { return gate_->open || gate_->admitted > 0; });
      if (!gate_->open) --gate_->admitted;
      gate_->cancelled += cancellation.should_stop() ? 1 : 0;
    }
    if (cancellation.should_stop()) return base::Error(ErrorCode::kTaskCancelled, "cancelled");
    for (size_t row = 0; row < logits.size(); ++row) {
      float sum = 0;
      for (int32_t t = batch.row_starts[row]; t < batch.row_starts[row + 1]; ++t) {
        if (batch.input_ids[static_cast<size_t>(t)] == '!') return base::Error(ErrorCode::kIllegalState, "bad row");
        sum += static_cast<float>(batch.input_ids[static_cast<size_t>(t)]);
      }
      logits[row] = sum;
    }
    return {};
  }
  int32_t num_labels() const override { return 1; }
  int32_t max_length() const override { return 40; }
  Tier tier() const override { return Tier::kFp32; }
  int64_t weight_bytes() const override { return 0; }
  EncoderWork work(const PackedBatch&) const override { return {}; }

 private:
  std::shared_ptr<Gate> gate_;
};

class DeploymentTest : public testing::Test {
 protected:
  std::unique_ptr<Deployment> start(DeploymentOptions options = {}) {
    auto model = std::make_shared<LoadedModel>();
    model->name = "sums";
    model->tokenizer = std::make_unique<ByteTokenizer>();
    model->encoder = std::make_unique<SumEncoder>(gate_);
    return Deployment::start(std::move(model), options);
  }
  static std::future<base::Result<std::vector<float>>> score_async(Deployment& deployment, std::string query,
                                                                   std::vector<std::string> texts, Cancellation cancellation = {}) {
    return std::async(std::launch::async, [&deployment, query, texts, cancellation] {
      const std::vector<std::string_view> views(texts.begin(), texts.end());
      return deployment.score(query, views, cancellation);
    });
  }
  static void wait_until_queued(const Deployment& deployment, int64_t count) {
    while (deployment.stats().num_queued < count) std::this_thread::yield();
  }
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

std::vector<float> value_of(std::future<base::Result<std::vector<float>>> future) {
  auto result = future.get();
  EXPECT_TRUE(result.has_value()) << result.error().reason();
  return result.has_value() ? *result : std::vector<float>();
}

TEST_F(DeploymentTest, LogitsComeInTheOrderOfTheTexts) {
  const auto deployment = start();
  const std::vector<std::string_view> texts = {"b", "a", "", "ab"};
  const auto logits = deployment->score("c", texts, {});
  ASSERT_TRUE(logits.has_value()) << logits.error().reason();
  EXPECT_EQ(*logits, (std::vector<float>{99 + 98, 99 + 97, 99, 99 + 97 + 98}));
  EXPECT_EQ(deployment->stats().num_requests, 1);
  EXPECT_EQ(deployment->stats().num_pairs, 4);
  EXPECT_EQ(deployment->stats().num_tokens, 4 * 4 + 4);
}

TEST_F(DeploymentTest, NoTextsCostNothing) {
  const auto deployment = start();
  EXPECT_TRUE(deployment->score("c", {}, {})->empty());
  EXPECT_EQ(deployment->stats().num_requests, 0);
}

TEST_F(DeploymentTest, LongTextIsCutToTheModel) {
  const auto deployment = start();
  const std::string text(100, 'a');
  const std::vector<std::string_view> texts = {text};
  EXPECT_EQ(deployment->score("c", texts, {})->front(), 99 + 36 * 97);  // 40 ids: three zeros, one query byte
}

TEST_F(DeploymentTest, QueryThatLeavesNoRoomIsAnError) {
  const auto deployment = start();
  const std::vector<std::string_view> texts = {"a"};
  EXPECT_EQ(deployment->score(std::string(60, 'q'), texts, {}).error().code(), ErrorCode::kIllegalArgument);
}

TEST_F(DeploymentTest, WaitingRequestsShareABatch) {
  gate_->close();
  const auto deployment = start();
  auto first = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  auto second = score_async(*deployment, "b", {"x", "y"});
  wait_until_queued(*deployment, 1);
  auto third = score_async(*deployment, "c", {"z"});
  wait_until_queued(*deployment, 2);
  gate_->release();
  EXPECT_EQ(value_of(std::move(first)), (std::vector<float>{97 + 120}));
  EXPECT_EQ(value_of(std::move(second)), (std::vector<float>{98 + 120, 98 + 121}));
  EXPECT_EQ(value_of(std::move(third)), (std::vector<float>{99 + 122}));
  EXPECT_EQ(gate_->batch_rows, (std::vector<int32_t>{1, 3}));
}

TEST_F(DeploymentTest, LargeRequestIsCutIntoBatches) {
  const auto deployment = start({.max_batch_tokens = 12});
  const std::vector<std::string_view> texts = {"1", "2", "3", "4", "5"};
  const auto logits = deployment->score("", texts, {});
  ASSERT_TRUE(logits.has_value());
  EXPECT_EQ(*logits, (std::vector<float>{49, 50, 51, 52, 53}));
  EXPECT_EQ(gate_->batch_rows, (std::vector<int32_t>{3, 2}));
}

TEST_F(DeploymentTest, AllocationsComputeAtTheSameTime) {
  gate_->close();
  const auto deployment = start({.num_allocations = 2});
  auto first = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  auto second = score_async(*deployment, "b", {"x"});
  gate_->wait_until_entered(2);  // would wait for ever with one allocation
  gate_->release();
  EXPECT_EQ(value_of(std::move(first)), (std::vector<float>{97 + 120}));
  EXPECT_EQ(value_of(std::move(second)), (std::vector<float>{98 + 120}));
}

TEST_F(DeploymentTest, FullQueueRejects) {
  gate_->close();
  const auto deployment = start({.queue_capacity = 1});
  auto running = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  auto waiting = score_async(*deployment, "b", {"x"});
  wait_until_queued(*deployment, 1);
  const std::vector<std::string_view> texts = {"x"};
  const auto rejected = deployment->score("c", texts, {});
  ASSERT_FALSE(rejected.has_value());
  EXPECT_EQ(rejected.error().code(), ErrorCode::kRejectedExecution);
  EXPECT_EQ(deployment->stats().num_rejected, 1);
  gate_->release();
  value_of(std::move(running));
  value_of(std::move(waiting));
}

TEST_F(DeploymentTest, CancelledRequestIsDroppedBeforeCompute) {
  gate_->close();
  const auto deployment = start();
  auto running = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  const Cancellation cancellation;
  auto waiting = score_async(*deployment, "b", {"x"}, cancellation);
  wait_until_queued(*deployment, 1);
  cancellation.cancel();
  EXPECT_EQ(waiting.get().error().code(), ErrorCode::kTaskCancelled);  // before the gate opens
  gate_->release();
  value_of(std::move(running));
  deployment->stop();
  EXPECT_EQ(gate_->entered, 1);
}

TEST_F(DeploymentTest, RequestPastItsDeadlineTimesOut) {
  const auto deployment = start();
  const Cancellation late = Cancellation().with_deadline(Cancellation::Clock::now() - std::chrono::seconds(1));
  const std::vector<std::string_view> texts = {"x"};
  EXPECT_EQ(deployment->score("a", texts, late).error().code(), ErrorCode::kStatusTimeout);
  EXPECT_EQ(gate_->entered, 0);
}

TEST_F(DeploymentTest, DroppedRequestsAreCounted) {
  gate_->close();
  const auto deployment = start();
  auto running = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  const Cancellation cancellation;
  auto gone = score_async(*deployment, "b", {"x"}, cancellation);
  wait_until_queued(*deployment, 1);
  auto after = score_async(*deployment, "c", {"x"});
  wait_until_queued(*deployment, 2);
  cancellation.cancel();
  EXPECT_FALSE(gone.get().has_value());
  gate_->release();
  value_of(std::move(running));
  value_of(std::move(after));
  EXPECT_EQ(deployment->stats().num_dropped, 1);
  EXPECT_EQ(deployment->stats().num_queued, 0);
}

TEST_F(DeploymentTest, BatchNobodyWaitsForIsCancelled) {
  gate_->close();
  const auto deployment = start();
  const Cancellation cancellation;
  auto gone = score_async(*deployment, "a", {"x"}, cancellation);
  gate_->wait_until_entered(1);
  cancellation.cancel();
  EXPECT_EQ(gone.get().error().code(), ErrorCode::kTaskCancelled);
  gate_->release();
  deployment->stop();
  EXPECT_EQ(gate_->cancelled, 1);
  EXPECT_EQ(deployment->stats().num_pairs, 0);
}

TEST_F(DeploymentTest, SharedBatchGoesOnForThoseWhoWait) {
  gate_->close();
  const auto deployment = start();
  auto running = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  const Cancellation cancellation;
  auto gone = score_async(*deployment, "b", {"x"}, cancellation);
  wait_until_queued(*deployment, 1);
  auto stays = score_async(*deployment, "c", {"x"});
  wait_until_queued(*deployment, 2);
  gate_->admit_one();
  gate_->wait_until_entered(2);
  cancellation.cancel();
  EXPECT_EQ(gone.get().error().code(), ErrorCode::kTaskCancelled);
  gate_->release();
  EXPECT_EQ(value_of(std::move(running)), (std::vector<float>{97 + 120}));
  EXPECT_EQ(value_of(std::move(stays)), (std::vector<float>{99 + 120}));
  EXPECT_EQ(gate_->cancelled, 0);
}

TEST_F(DeploymentTest, ScoredPairsAreNotComputedAgain) {
  const auto deployment = start();
  const std::vector<std::string_view> texts = {"a", "b"};
  ASSERT_TRUE(deployment->score("q", texts, {}).has_value());
  const std::vector<std::string_view> more = {"b", "c", "a"};
  const auto logits = deployment->score("q", more, {});
  ASSERT_TRUE(logits.has_value());
  EXPECT_EQ(*logits, (std::vector<float>{113 + 98, 113 + 99, 113 + 97}));
  EXPECT_EQ(*deployment->score("q", texts, {}), (std::vector<float>{113 + 97, 113 + 98}));
  EXPECT_EQ(gate_->batch_rows, (std::vector<int32_t>{2, 1}));
  const DeploymentStats stats = deployment->stats();
  EXPECT_EQ(stats.num_requests, 3);
  EXPECT_EQ(stats.num_pairs, 3);
  EXPECT_EQ(stats.num_score_cache_hits, 4);
  EXPECT_EQ(stats.num_score_cache_misses, 3);
  EXPECT_EQ(stats.num_token_cache_misses, 4);  // the query, a, b, c
  EXPECT_EQ(stats.num_token_cache_hits, 6);
  EXPECT_GT(stats.cache_bytes, 0);
}

TEST_F(DeploymentTest, RowsOfACallerAreNotComputedAgainEither) {
  const auto deployment = start({});
  std::vector<Encoding> rows(2);
  rows[0].ids = {1, 2, 3};
  rows[0].type_ids = {0, 0, 1};
  rows[1].ids = {1, 4};
  rows[1].type_ids = {0, 1};
  const auto first = deployment->run(rows, {});
  const auto second = deployment->run(rows, {});
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->width, second->width);
  EXPECT_EQ(first->values, second->values);
  EXPECT_EQ(deployment->stats().num_pairs, 2);
  EXPECT_EQ(deployment->stats().num_score_cache_hits, 2);
}

TEST_F(DeploymentTest, AnotherQueryIsAnotherPair) {
  const auto deployment = start();
  const std::vector<std::string_view> texts = {"a"};
  EXPECT_EQ(*deployment->score("q", texts, {}), (std::vector<float>{113 + 97}));
  EXPECT_EQ(*deployment->score("r", texts, {}), (std::vector<float>{114 + 97}));
}

TEST_F(DeploymentTest, WithoutCachesEverythingIsComputed) {
  const auto deployment = start({.token_cache_bytes = 0, .score_cache_bytes = 0});
  const std::vector<std::string_view> texts = {"a"};
  for (int i = 0; i < 2; ++i) EXPECT_EQ(*deployment->score("q", texts, {}), (std::vector<float>{113 + 97}));
  EXPECT_EQ(deployment->stats().num_pairs, 2);
  EXPECT_EQ(deployment->stats().num_score_cache_hits, 0);
  EXPECT_EQ(deployment->stats().cache_bytes, 0);
}

TEST_F(DeploymentTest, StoppedDeploymentAnswersNothingFromItsCache) {
  const auto deployment = start();
  const std::vector<std::string_view> texts = {"a"};
  ASSERT_TRUE(deployment->score("q", texts, {}).has_value());
  deployment->stop();
  EXPECT_EQ(deployment->score("q", texts, {}).error().code(), ErrorCode::kIllegalState);
}

TEST_F(DeploymentTest, ErrorOfTheEncoderReachesTheRequest) {
  const auto deployment = start({.max_batch_tokens = 1});
  const std::vector<std::string_view> texts = {"x", "!", "y"};
  const auto logits = deployment->score("a", texts, {});
  ASSERT_FALSE(logits.has_value());
  EXPECT_EQ(logits.error().reason(), "bad row");
  EXPECT_EQ(deployment->stats().num_queued, 0);
  const std::vector<std::string_view> good = {"x"};
  EXPECT_TRUE(deployment->score("a", good, {}).has_value());
}

TEST_F(DeploymentTest, StopFailsWhatWaitsAndWhatComes) {
  gate_->close();
  const auto deployment = start();
  auto running = score_async(*deployment, "a", {"x"});
  gate_->wait_until_entered(1);
  auto waiting = score_async(*deployment, "b", {"x"});
  wait_until_queued(*deployment, 1);
  auto stopping = std::async(std::launch::async, [&] { deployment->stop(); });
  EXPECT_EQ(waiting.get().error().code(), ErrorCode::kIllegalState);
  gate_->release();
  EXPECT_TRUE(running.get().has_value());
  stopping.get();
  deployment->stop();
  const std::vector<std::string_view> texts = {"x"};
  EXPECT_EQ(deployment->score("c", texts, {}).error().code(), ErrorCode::kIllegalState);
}

TEST_F(DeploymentTest, ManyCallersGetTheirOwnLogits) {
  const auto deployment = start({.num_allocations = 2, .num_threads = 2, .max_batch_tokens = 50, .score_cache_bytes = 0});
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&deployment, caller] {
      const std::string query(1, static_cast<char>('a' + caller));
      for (int i = 0; i < 50; ++i) {
        const std::vector<std::string_view> texts = {"x", "yy", "zzz"};
        const auto logits = deployment->score(query, texts, {});
        ASSERT_TRUE(logits.has_value());
        const auto q = static_cast<float>('a' + caller);
        EXPECT_EQ(*logits, (std::vector<float>{q + 120, q + 242, q + 366}));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(deployment->stats().num_pairs, 8 * 50 * 3);
}

}  // namespace
}  // namespace selene::models
