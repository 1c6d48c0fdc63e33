#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "index/engine/engine_fixture.h"
#include "tests/reference/test_random.h"

namespace selene::index {
namespace {

using reference::TestRandom;
using Documents = std::map<std::string, std::string>;

struct Expected {
  std::string source;
  int64_t version;
  int64_t seq_no;
};

class EngineRecoveryTest : public EngineTest {
 protected:
  /// Random writes, refreshes, flushes and merges; the model keeps what was acknowledged.
  void random_writes(TestRandom& random, int count) {
    for (int i = 0; i < count; ++i) {
      const std::string id = std::to_string(random.below(60));
      const std::string source =
          R"({"t":"word)" + std::to_string(random.below(20)) + R"( common","n":)" + std::to_string(random.below(100)) + "}";
      if (random.one_in(5)) {
        const WriteResult result = must(make_delete_op(id));
        model_.erase(id);
        max_seq_no_ = result.seq_no;
      } else {
        const WriteResult result = must(make_index_op(id, source));
        model_[id] = {source, result.version, result.seq_no};
        max_seq_no_ = result.seq_no;
      }
      if (random.one_in(15)) {
        ASSERT_TRUE(engine_->refresh());
      }
      if (random.one_in(40)) {
        ASSERT_TRUE(engine_->flush());
      }
      if (random.one_in(60)) {
        ASSERT_TRUE(engine_->force_merge(2));
      }
    }
  }
  void expect_model() {
    ASSERT_TRUE(engine_->refresh());
    Documents sources;
    for (const auto& [id, expected] : model_) {
      sources[id] = expected.source;
      const auto document = engine_->get(id);
      ASSERT_TRUE(document && *document) << id;
      EXPECT_EQ((*document)->version, expected.version) << id;
      EXPECT_EQ((*document)->seq_no, expected.seq_no) << id;
    }
    EXPECT_EQ(visible(), sources);
    EXPECT_EQ(engine_->stats().max_seq_no, max_seq_no_);
    std::vector<std::string> ids;
    for (const auto& [id, expected] : model_) ids.push_back(id);
    EXPECT_EQ(search(*engine_->snapshot(), "t", "common"), ids);
    for (int word = 0; word < 20; ++word) {
      const std::string term = "word" + std::to_string(word);
      std::vector<std::string> with_word;
      for (const auto& [id, expected] : model_) {
        if (expected.source.find(term + " ") != std::string::npos) with_word.push_back(id);
      }
      EXPECT_EQ(search(*engine_->snapshot(), "t", term), with_word) << term;
    }
  }
  std::vector<std::filesystem::path> segment_files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(segments_folder())) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }

  std::map<std::string, Expected> model_;
  int64_t max_seq_no_ = -1;
};

TEST_F(EngineRecoveryTest, ARestartAtAnyMomentKeepsDocumentsVersionsAndSeqNos) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 8; ++round) {
    random_writes(random, 100);
    reopen();
    expect_model();
    EXPECT_TRUE(engine_->recovery_notes().empty());
  }
}

TEST_F(EngineRecoveryTest, ARestartAfterFlushReplaysNothing) {
  must(make_index_op("1", R"({"t":"a"})"));
  ASSERT_TRUE(engine_->flush());
  reopen();
  EXPECT_EQ(visible(), (Documents{{"1", R"({"t":"a"})"}}));
  EXPECT_EQ(engine_->stats().num_segments, 1);
  EXPECT_EQ(must(make_index_op("2", "{}")).seq_no, 1);
}

TEST_F(EngineRecoveryTest, DamagedCutAndMissingSegmentsAreRebuilt) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 12; ++round) {
    random_writes(random, 60);
    ASSERT_TRUE(engine_->flush());
    random_writes(random, static_cast<int>(random.below(20)));
    close();
    const auto files = segment_files();
    ASSERT_FALSE(files.empty());
    const std::filesystem::path victim = files[random.below(files.size())];
    if (round % 3 == 0) {
      std::filesystem::remove(victim);
    } else if (round % 3 == 1) {
      std::filesystem::resize_file(victim, random.below(std::filesystem::file_size(victim)));
    } else {
      std::fstream file(victim, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(random.below(std::filesystem::file_size(victim))));
      file.put(static_cast<char>(random.bits()));
    }
    open();
    expect_model();
  }
}

TEST_F(EngineRecoveryTest, WithoutAManifestAllIsRebuilt) {
  TestRandom random;
  SCOPED_TRACE(random.trace());
  random_writes(random, 80);
  ASSERT_TRUE(engine_->flush());
  StoreBatch batch;
  batch.put(Space::kMetadata, manifest_key(kTestUuid), "damaged");
  ASSERT_TRUE(store_->write_durably(batch));
  reopen();
  EXPECT_FALSE(engine_->recovery_notes().empty());
  expect_model();
  reopen();
  EXPECT_TRUE(engine_->recovery_notes().empty());
  expect_model();
}

TEST_F(EngineRecoveryTest, FilesNoManifestListsAreRemoved) {
  must(make_index_op("1", "{}"));
  ASSERT_TRUE(engine_->flush());
  close();
  std::ofstream(segments_folder() / "s99999999.seg") << "left by a crash";
  open();
  EXPECT_EQ(segment_files().size(), 1U);
}

/// A child writes until it is killed; what it reported as acknowledged must be there.
TEST_F(EngineRecoveryTest, Kill9KeepsEveryAcknowledgedDocument) {
  close();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    open();
    for (int i = 0;; ++i) {
      const std::string id = std::to_string(i % 500);
      const std::string source = R"({"n":)" + std::to_string(i) + "}";
      const auto result = apply(make_index_op(id, source));
      if (!result) ::_exit(1);
      if (::write(pipe_ends[1], &i, sizeof i) != sizeof i) ::_exit(1);
      if (i % 37 == 0) (void)engine_->refresh();
      if (i % 101 == 0) (void)engine_->flush();
    }
  }
  ::close(pipe_ends[1]);
  int last = -1;
  for (int i = 0; i < 400; ++i) ASSERT_EQ(::read(pipe_ends[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  for (int n; ::read(pipe_ends[0], &n, sizeof n) == static_cast<ssize_t>(sizeof n);) last = n;
  ::close(pipe_ends[0]);
  open();
  for (int i = std::max(0, last - 499); i <= last; ++i) {
    const auto document = engine_->get(std::to_string(i % 500));
    ASSERT_TRUE(document && *document) << i;
    // The write after the last acknowledged one may be there too.
    if (i % 500 != (last + 1) % 500) {
      EXPECT_EQ((*document)->source, R"({"n":)" + std::to_string(i) + "}");
      EXPECT_EQ((*document)->version, i / 500 + 1);
    }
  }
  ASSERT_TRUE(engine_->refresh());
  EXPECT_EQ(visible().size(),
            static_cast<size_t>(std::min(last + 1, 500)) + (visible().contains(std::to_string(last + 1)) && last < 499 ? 1 : 0));
}

}  // namespace
}  // namespace selene::index
