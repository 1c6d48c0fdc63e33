#include "inference/endpoints/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace selene::inference {
namespace {

class SecretBoxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "selene-secrets-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path key_file() const { return folder_ / "inference.key"; }
  std::filesystem::path folder_;
};

TEST_F(SecretBoxTest, OpensAfterARestartForTheSameEndpointOnly) {
  const std::string sealed = SecretBox(key_file()).seal("a", R"({"api_key":"k"})").value();
  EXPECT_EQ(sealed.find("api_key"), std::string::npos);
  EXPECT_EQ(SecretBox(key_file()).open("a", sealed).value(), R"({"api_key":"k"})");
  EXPECT_FALSE(SecretBox(key_file()).open("b", sealed).has_value());
}

TEST_F(SecretBoxTest, TheKeyFileIsItsOwnersAlone) {
  ASSERT_TRUE(SecretBox(key_file()).seal("a", "x").has_value());
  struct stat info {};
  ASSERT_EQ(::stat(key_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(info.st_size, 32);
}

TEST_F(SecretBoxTest, WithoutItsKeyNothingOpensAndNoNewKeyIsMade) {
  const std::string sealed = SecretBox(key_file()).seal("a", "x").value();
  std::filesystem::remove(key_file());
  EXPECT_FALSE(SecretBox(key_file()).open("a", sealed).has_value());
  EXPECT_FALSE(std::filesystem::exists(key_file()));
}

TEST_F(SecretBoxTest, ADamagedKeyFileIsNamed) {
  std::ofstream(key_file()) << "short";
  const auto sealed = SecretBox(key_file()).seal("a", "x");
  ASSERT_FALSE(sealed.has_value());
  EXPECT_NE(sealed.error().reason().find(key_file().string()), std::string::npos);
}

TEST_F(SecretBoxTest, UnknownFormatsAreRefused) {
  EXPECT_FALSE(SecretBox(key_file()).open("a", "").has_value());
  EXPECT_FALSE(SecretBox(key_file()).open("a", "\x02xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").has_value());
}

}  // namespace
}  // namespace selene::inference
