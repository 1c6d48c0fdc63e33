#include "base/env.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/fault_env.h"

namespace selene::base {
namespace {

class EnvTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "selene-env-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string content(const std::string& name) {
    auto bytes = env_.read_file(folder_ / name, 1000);
    return bytes.has_value() ? *bytes : "error: " + bytes.error().reason();
  }

  Env& env_ = system_env();
  std::filesystem::path folder_;
};

TEST_F(EnvTest, WrittenBytesAreReadAndMapped) {
  const std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(env_.write_file(folder_ / "x", bytes).has_value());
  EXPECT_EQ(content("x"), bytes);
  const auto mapping = env_.map_file(folder_ / "x");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_EQ(mapping->bytes(), bytes);
}

TEST_F(EnvTest, WritingAtAnOffsetKeepsWhatIsBeforeAndCutsWhatIsBehind) {
  ASSERT_TRUE(env_.write_at(folder_ / "x", 0, "abcdef").has_value());
  ASSERT_TRUE(env_.write_at(folder_ / "x", 2, "X").has_value());
  EXPECT_EQ(content("x"), "abX");
}

TEST_F(EnvTest, EmptyFileReadsAndMapsAsNothing) {
  ASSERT_TRUE(env_.write_file(folder_ / "x", "").has_value());
  EXPECT_EQ(content("x"), "");
  const auto mapping = env_.map_file(folder_ / "x");
  ASSERT_TRUE(mapping.has_value());
  EXPECT_TRUE(mapping->bytes().empty());
}

TEST_F(EnvTest, MappingOutlivesTheNameOfItsFile) {
  ASSERT_TRUE(env_.write_file(folder_ / "x", "kept").has_value());
  auto mapping = env_.map_file(folder_ / "x");
  ASSERT_TRUE(mapping.has_value());
  ASSERT_TRUE(env_.remove(folder_ / "x").has_value());
  FileMapping moved;
  moved = std::move(*mapping);
  EXPECT_EQ(moved.bytes(), "kept");
}

TEST_F(EnvTest, FilesOverTheLimitAreNotRead) {
  ASSERT_TRUE(env_.write_file(folder_ / "x", "12345").has_value());
  EXPECT_TRUE(env_.read_file(folder_ / "x", 5).has_value());
  const auto refused = env_.read_file(folder_ / "x", 4);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kContentTooLong);
}

TEST_F(EnvTest, MissingAndWrongKindsOfFilesAreNamed) {
  const auto missing = env_.read_file(folder_ / "none", 10);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kResourceNotFound);
  EXPECT_NE(missing.error().reason().find("none"), std::string::npos);
  EXPECT_EQ(env_.read_file(folder_, 10).error().code(), ErrorCode::kIo);
  EXPECT_EQ(env_.map_file(folder_).error().code(), ErrorCode::kIo);
  EXPECT_EQ(env_.list(folder_ / "none").error().code(), ErrorCode::kResourceNotFound);
  EXPECT_FALSE(env_.remove(folder_ / "none").has_value());
  EXPECT_FALSE(env_.sync(folder_ / "none").has_value());
  EXPECT_FALSE(env_.write_file(folder_ / "none" / "x", "a").has_value());
}

TEST_F(EnvTest, ListIsSorted) {
  for (const char* name : {"b", "c", "a"}) ASSERT_TRUE(env_.write_file(folder_ / name, "").has_value());
  ASSERT_TRUE(env_.create_folders(folder_ / "d" / "e").has_value());
  ASSERT_TRUE(env_.create_folders(folder_ / "d" / "e").has_value());
  EXPECT_EQ(env_.list(folder_).value(), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(EnvTest, AtomicWriteLeavesOldOrNewWhereverItFails) {
  int64_t good = 0;
  for (;; ++good) {
    ASSERT_LT(good, 100);
    ASSERT_TRUE(env_.write_file(folder_ / "x", "old").has_value());
    FaultEnv dying(env_, good);
    const Status status = write_atomically(dying, folder_ / "x", "new content");
    EXPECT_EQ(status.has_value(), !dying.has_failed());
    const std::string now = content("x");
    EXPECT_TRUE(now == "old" || now == "new content") << now;
    if (status.has_value()) break;
  }
  EXPECT_EQ(good, 4);  // write, sync, rename, sync of the folder
  EXPECT_EQ(content("x"), "new content");
  EXPECT_EQ(env_.list(folder_).value(), std::vector<std::string>{"x"});
}

TEST_F(EnvTest, FailedWriteIsTorn) {
  FaultEnv dying(env_, 0);
  EXPECT_FALSE(dying.write_file(folder_ / "x", "12345678").has_value());
  EXPECT_EQ(content("x"), "1234");
  EXPECT_FALSE(dying.write_file(folder_ / "y", "12345678").has_value());
  EXPECT_TRUE(content("y").starts_with("error: "));
}

}  // namespace
}  // namespace selene::base
