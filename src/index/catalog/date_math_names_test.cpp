#include "index/catalog/date_math_names.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

constexpr int64_t kNow = 1711325106789;  // 2024-03-25T00:05:06.789Z

std::string resolve(std::string_view name) {
  const auto resolved = resolve_date_math(name, kNow);
  return resolved ? *resolved : "error: " + resolved.error().reason();
}

TEST(DateMathNamesTest, OtherNamesStayAsTheyAre) {
  EXPECT_EQ(resolve("logs-1,-x*"), "logs-1,-x*");
  EXPECT_EQ(resolve(""), "");
}

TEST(DateMathNamesTest, NowIsRoundedAndPrinted) {
  EXPECT_EQ(resolve("<logs-{now/d}>"), "logs-2024.03.25");
  EXPECT_EQ(resolve("<logs-{now/d-1d}>"), "logs-2024.03.24");
  EXPECT_EQ(resolve("<logs-{now/M}-x>"), "logs-2024.03.01-x");
  EXPECT_EQ(resolve("<logs-{now/M{yyyy.MM}}>"), "logs-2024.03");
  EXPECT_EQ(resolve("<logs-{now/d{yyyy.MM.dd|-01:00}}>"), "logs-2024.03.24");
  EXPECT_EQ(resolve("<{now{yyyy}}-{now{MM}}>"), "2024-03");
}

TEST(DateMathNamesTest, ListsAndExclusionsAreResolvedPartByPart) {
  EXPECT_EQ(resolve("a*,-<logs-{now/d}>,<b-{now/d{yyyy}}>"), "a*,-logs-2024.03.25,b-2024");
}

TEST(DateMathNamesTest, FaultsNameTheExpression) {
  EXPECT_EQ(resolve("<logs-{now/d>"), "error: invalid dynamic name expression [logs-{now/d]. date math placeholder is open ended");
  EXPECT_NE(resolve("<logs-{now/d{yyyy|Mars}}>").find("time zone [Mars]"), std::string::npos);
  EXPECT_NE(resolve("<logs-}>").find("reserved characters"), std::string::npos);
  EXPECT_NE(resolve("<logs-{now/x}>").find("unit [x] not supported"), std::string::npos);
  EXPECT_NE(resolve("<logs").find("`>` is missing"), std::string::npos);
}

}  // namespace
}  // namespace selene::index
