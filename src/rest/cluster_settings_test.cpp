#include "rest/cluster_settings.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

TEST(SettingsJsonTest, NestsDottedNames) {
  const ClusterSettings::Map flat = {
      {"index.number_of_shards", "1"}, {"index.routing.allocation", "x"}, {"index.uuid", "u"}, {"top", "t"}};
  EXPECT_EQ(settings_json(flat, true), R"({"index":{"number_of_shards":"1","routing":{"allocation":"x"},"uuid":"u"},"top":"t"})");
  EXPECT_EQ(settings_json({{"a.b", "1"}}, false), R"({"a.b":"1"})");
}

TEST(SettingsJsonTest, NameThatIsLeafAndParentStaysDotted) {
  EXPECT_EQ(settings_json({{"a", "1"}, {"a-b", "2"}, {"a.b", "3"}}, true), R"({"a":"1","a.b":"3","a-b":"2"})");
}

TEST(FlattenSettingsTest, JoinsNamesAndKeepsNull) {
  const auto document = base::JsonDocument::parse(R"({"a":{"b":1,"c.d":true},"e":null,"f":["x","y"]})");
  const auto flat = flatten_settings(document->root());
  EXPECT_EQ(flat.at("a.b"), "1");
  EXPECT_EQ(flat.at("a.c.d"), "true");
  EXPECT_EQ(flat.at("e"), std::nullopt);
  EXPECT_EQ(flat.at("f"), "x,y");
}

}  // namespace
}  // namespace selene::rest
