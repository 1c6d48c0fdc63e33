#include "base/log.h"

#include <gtest/gtest.h>

namespace selene::base {
namespace {

TEST(LogTest, LineBreaksCannotForgeLines) {
  ::testing::internal::CaptureStderr();
  log_warn("request {}", "/x\n[2026-01-01][error] forged\x1b[31m");
  const std::string out = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
  EXPECT_NE(out.find("\\x0a"), std::string::npos);
}

TEST(LogTest, LevelHidesWhatIsBelow) {
  set_log_level(LogLevel::kError);
  EXPECT_FALSE(log_enabled(LogLevel::kWarn));
  EXPECT_TRUE(log_enabled(LogLevel::kError));
  set_log_level(LogLevel::kInfo);
}

TEST(LogTest, UnknownLevelNamesTheAllowedOnes) {
  const auto level = parse_log_level("loud");
  ASSERT_FALSE(level.has_value());
  EXPECT_NE(level.error().reason().find("debug"), std::string::npos);
  EXPECT_EQ(parse_log_level("debug").value(), LogLevel::kDebug);
}

}  // namespace
}  // namespace selene::base
