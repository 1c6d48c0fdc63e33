#include "rest/handlers/security/api_key_body.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

base::Result<NewApiKey> parse(std::string_view json) {
  const auto document = base::JsonDocument::parse(json).value();
  return parse_new_api_key(document.root());
}
std::string fault(std::string_view json) {
  const auto key = parse(json);
  return key.has_value() ? "accepted" : key.error().reason();
}

TEST(ApiKeyBodyTest, ReadsAllFields) {
  const auto key = parse(R"({"name":"k","expiration":"7d","metadata":{"a":{"b":1}},"role_descriptors":{}})");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->key.name, "k");
  EXPECT_EQ(key->lifetime_ms, int64_t{7} * 24 * 3600 * 1000);
  EXPECT_EQ(key->key.metadata, R"({"a":{"b":1}})");
  EXPECT_EQ(parse(R"({"name":"k","expiration":null})")->lifetime_ms, std::nullopt);
}

TEST(ApiKeyBodyTest, NamesAreChecked) {
  EXPECT_EQ(fault("{}"), "Validation Failed: 1: api key name is required;");
  EXPECT_EQ(fault(R"({"name":"_x"})"), "Validation Failed: 1: api key name may not begin with an underscore;");
  EXPECT_EQ(fault(R"({"name":" x"})"), "Validation Failed: 1: api key name may not begin or end with whitespace;");
  EXPECT_EQ(fault(R"({"name":")" + std::string(257, 'x') + "\"}"),
            "Validation Failed: 1: api key name may not be more than 256 characters long;");
  EXPECT_EQ(fault(R"({"name":7})"), "[create_api_key_request] failed to parse field [name]");
  EXPECT_EQ(fault(R"({"name":"k","x":1})"), "[create_api_key_request] unknown field [x]");
  EXPECT_EQ(fault(R"({"name":"k","metadata":{"_a":1}})"), "Validation Failed: 1: API key metadata keys may not start with [_];");
}

TEST(ApiKeyBodyTest, RolesThatGrantLessThanAllAreRefused) {
  constexpr std::string_view kAll =
      R"({"cluster":["all"],"indices":[{"names":["*"],"privileges":["all"],"allow_restricted_indices":true}]})";
  EXPECT_EQ(fault(base::format(R"({{"name":"k","role_descriptors":{{"a":{}}}}})", kAll)), "accepted");
  EXPECT_EQ(fault(base::format(R"({{"name":"k","role_descriptors":{{"none":{{}},"a":{}}}}})", kAll)), "accepted");
  for (const char* roles : {R"({"r":{}})", R"({"r":{"cluster":["monitor"]}})", R"({"r":null})", R"({"r":[]})",
                            R"({"r":{"cluster":["all"],"indices":[{"names":["books-*"],"privileges":["read"]}]}})",
                            R"({"r":{"cluster":["all"],"indices":[{"names":["*"],"privileges":["all"],"query":"{}"}]}})",
                            R"({"r":{"cluster":["all"],"indices":[{"names":"*","privileges":"read"}]}})"}) {
    EXPECT_TRUE(fault(base::format(R"({{"name":"k","role_descriptors":{}}})", roles))
                    .starts_with("[role_descriptors] that grant less than all rights are not supported"))
        << roles;
  }
}

TEST(ApiKeyBodyTest, InvalidationNamesKeysSomehow) {
  const auto filter = [](std::string_view json) {
    const auto document = base::JsonDocument::parse(json).value();
    return parse_invalidation(document.root(), "elastic");
  };
  EXPECT_EQ(filter(R"({"ids":["a","b"]})")->ids->size(), 2u);
  EXPECT_EQ(filter(R"({"id":"a"})")->ids->at(0), "a");
  EXPECT_EQ(filter(R"({"name":"x*"})")->name, "x*");
  EXPECT_EQ(filter(R"({"owner":true})")->username, "elastic");
  for (const char* nothing : {"{}", R"({"owner":false})", R"({"ids":null})"}) {
    const auto none = filter(nothing);
    ASSERT_FALSE(none.has_value());
    EXPECT_EQ(
        none.error().reason(),
        "Validation Failed: 1: One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is "
        "false;");
  }
  EXPECT_FALSE(filter(R"({"ids":[1]})").has_value());
  EXPECT_FALSE(filter(R"({"nme":"x"})").has_value());
}

}  // namespace
}  // namespace selene::rest
