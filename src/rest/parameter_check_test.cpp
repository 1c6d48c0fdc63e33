#include "rest/parameter_check.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

constexpr std::string_view kAllowed[] = {"size", "from", "sort"};

std::string reason(const std::vector<std::pair<std::string, std::string>>& params) {
  const base::Status status = check_parameters("/i/_search", params, kAllowed);
  return status ? "" : status.error().reason();
}

TEST(ParameterCheckTest, KnownAndCommonOnesPass) {
  EXPECT_EQ(reason({{"size", "1"}, {"pretty", ""}, {"filter_path", "x"}, {"human", ""}, {"error_trace", ""}, {"format", "json"}}),
            "");
}

TEST(ParameterCheckTest, UnknownOneIsNamed) {
  EXPECT_EQ(reason({{"xyzzy", "1"}}), "request [/i/_search] contains unrecognized parameter: [xyzzy]");
}

TEST(ParameterCheckTest, NearOneIsSuggested) {
  EXPECT_EQ(reason({{"sizee", "1"}}), "request [/i/_search] contains unrecognized parameter: [sizee] -> did you mean [size]?");
}

TEST(ParameterCheckTest, SeveralAreSorted) {
  EXPECT_EQ(reason({{"qq", ""}, {"bb", ""}}), "request [/i/_search] contains unrecognized parameters: [bb], [qq]");
}

TEST(ParameterCheckTest, SeveralNearOnesComeBestFirst) {
  constexpr std::string_view kKnown[] = {"abcde", "abcdx", "zzz"};
  EXPECT_EQ(did_you_mean("abcd", kKnown), " -> did you mean any of [abcde, abcdx]?");
}

}  // namespace
}  // namespace selene::rest
