#include "rest/media_type.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

using base::ErrorCode;

base::Result<Negotiated> ask(std::string_view accept, std::string_view content, std::string_view body) {
  net::Headers headers;
  if (!accept.empty()) headers.add("accept", std::string(accept));
  if (!content.empty()) headers.add("Content-type", std::string(content));
  return negotiate(headers, body);
}

constexpr std::string_view kV9 = "application/vnd.elasticsearch+json; compatible-with=9";
constexpr std::string_view kV8 = "application/vnd.elasticsearch+json; compatible-with=8";

TEST(MediaTypeTest, PlainUnlessAVendorTypeIsAskedFor) {
  EXPECT_EQ(ask("", "", "")->json_content_type, "application/json");
  EXPECT_EQ(ask("application/json", "", "")->json_content_type, "application/json");
  EXPECT_EQ(ask("*/*", "", "")->json_content_type, "application/json");
  EXPECT_EQ(ask(kV9, "", "")->json_content_type, "application/vnd.elasticsearch+json;compatible-with=9");
  EXPECT_EQ(ask(kV8, kV8, "{}")->json_content_type, "application/vnd.elasticsearch+json;compatible-with=8");
}

TEST(MediaTypeTest, ListMeansNoPreferenceAndTheContentTypeDecides) {
  EXPECT_EQ(ask("application/vnd.elasticsearch+json; compatible-with=9,text/plain", kV9, "")->json_content_type,
            "application/vnd.elasticsearch+json;compatible-with=9");
  EXPECT_EQ(ask("application/vnd.elasticsearch+json; compatible-with=9,text/plain", "", "")->json_content_type, "application/json");
  EXPECT_FALSE(ask("text/plain,application/json", "", "")->wants_json);
  EXPECT_TRUE(ask("application/json", "", "")->wants_json);
}

TEST(MediaTypeTest, BulkBodyIsAnsweredInJson) {
  EXPECT_EQ(ask("", "application/vnd.elasticsearch+x-ndjson; compatible-with=9", "{}\n")->json_content_type,
            "application/vnd.elasticsearch+json;compatible-with=9");
}

TEST(MediaTypeTest, OtherVersionsAreRefused) {
  const auto result = ask("application/vnd.elasticsearch+json; compatible-with=7", "", "");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kMediaTypeHeader);
  EXPECT_TRUE(result.error().reason().starts_with("A compatible version is required on both Content-Type and Accept headers"));
  EXPECT_EQ(
      result.error().cause()->reason(),
      "Accept version must be either version 9 or 8, but found 7. Accept=application/vnd.elasticsearch+json; compatible-with=7");
  EXPECT_FALSE(ask("", "application/vnd.elasticsearch+json; compatible-with=10", "{}").has_value());
  EXPECT_FALSE(ask("application/vnd.elasticsearch+json; compatible-with=x", "", "").has_value());
}

TEST(MediaTypeTest, VersionsOfBothHeadersMustMatchIfThereIsABody) {
  EXPECT_FALSE(ask(kV9, kV8, "{}").has_value());
  EXPECT_FALSE(ask(kV9, "application/json", "{}").has_value());
  EXPECT_TRUE(ask(kV9, kV8, "").has_value());
}

TEST(MediaTypeTest, BodyNeedsAContentTypeThatIsRead) {
  EXPECT_EQ(ask("", "text/plain", "x").error().reason(), "Content-Type header [text/plain] is not supported");
  EXPECT_EQ(ask("", "", "x").error().reason(), "Content-Type header is missing");
  EXPECT_EQ(ask("", "application/x-www-form-urlencoded", "x").error().code(), ErrorCode::kContentTypeNotSupported);
  EXPECT_TRUE(ask("", "text/plain", "").has_value());
  EXPECT_TRUE(ask("", "application/json; charset=UTF-8", "{}").has_value());
  EXPECT_TRUE(ask("", "APPLICATION/JSON", "{}").has_value());
}

}  // namespace
}  // namespace selene::rest
