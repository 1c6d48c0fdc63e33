#include "inference/services/custom/template.h"

#include <gtest/gtest.h>

#include <vector>

#include "inference/services/validation.h"

namespace selene::inference {
namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name == "query") return "\"${input}\"";
  if (name == "top_n") return "3";
  return std::nullopt;
}

TEST(TemplateTest, WhatIsPutInIsNotLookedAtAgain) {
  EXPECT_EQ(replace_placeholders(R"({"q":${query},"n":${top_n}})", "request", &lookup).value(), R"({"q":"${input}","n":3})");
  EXPECT_EQ(replace_placeholders("plain $ {x} ${", "request", &lookup).value(), "plain $ {x} ${");
}

TEST(TemplateTest, UnknownNamesAreRefusedInElasticsearchsWords) {
  EXPECT_EQ(
      replace_placeholders("${key}", "headers", &lookup).error().reason(),
      "Found placeholder [${key}] in field [headers] after replacement call, please check that all templates have a corresponding "
      "field definition.");
}

std::vector<std::string> found(std::string_view json, std::string_view path) {
  const auto document = base::JsonDocument::parse(json).value();
  std::vector<std::string> values;
  const auto status = visit_path(document.root(), path, [&](base::JsonValue value) {
    values.push_back(java_text(value));
    return base::Status();
  });
  if (!status.has_value()) return {status.error().reason()};
  return values;
}

TEST(TemplateTest, PathsFindMembersAndElements) {
  constexpr std::string_view kJson = R"({"a":[{"b":1},{"b":2}],"c":{"d":[[1,2],[3]]}})";
  EXPECT_EQ(found(kJson, "$.a[*].b"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(found(kJson, "$.a[1].b"), (std::vector<std::string>{"2"}));
  EXPECT_EQ(found(kJson, "$.c.d[*][*]"), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(found(kJson, "$.a[*].x"), (std::vector<std::string>{"Failed to find the JSON path [$.a[*].x] in the response"}));
  EXPECT_EQ(found(kJson, "$.a[7]"), (std::vector<std::string>{"Failed to find the JSON path [$.a[7]] in the response"}));
  EXPECT_EQ(found("[1]", "$[*]"), (std::vector<std::string>{"1"}));
}

TEST(TemplateTest, WrongPathsAreRefused) {
  for (const char* path : {"", "a", "$a", "$.", "$..a", "$[", "$[x]", "$[-1]", "$[*"})
    EXPECT_FALSE(check_path(path).has_value()) << path;
  for (const char* path : {"$", "$.a", "$.a[*].b", "$[0]"}) EXPECT_TRUE(check_path(path).has_value()) << path;
}

}  // namespace
}  // namespace selene::inference
