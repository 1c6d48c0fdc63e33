#include "base/json/json_tree.h"

#include <gtest/gtest.h>

namespace selene::base {
namespace {

JsonTree tree(std::string_view text) {
  const auto document = JsonDocument::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return JsonTree::from(document->root());
}

TEST(JsonTreeTest, WritesWhatItRead) {
  const std::string text =
      R"({"a":[1,-2,18446744073709551615,1.5,"x",true,false,null],"b":{"z":{},"a":[]},"big":9223372036854775807})";
  EXPECT_EQ(tree(text).to_json(), text);
}

TEST(JsonTreeTest, MembersAreReplacedInPlaceAndAppendedAtTheEnd) {
  JsonTree object = tree(R"({"a":1,"b":2})");
  object.set("a", "x");
  object.set("c", JsonTree(int64_t{3}));
  EXPECT_EQ(object.to_json(), R"({"a":"x","b":2,"c":3})");
  EXPECT_TRUE(object.remove("b"));
  EXPECT_FALSE(object.remove("b"));
  EXPECT_EQ(object.to_json(), R"({"a":"x","c":3})");
  EXPECT_EQ(object.find("b"), nullptr);
  EXPECT_EQ(object.find("a")->find("deeper"), nullptr);
}

TEST(JsonTreeTest, EqualityLooksAtValuesNotAtTheOrderOfMembers) {
  EXPECT_EQ(tree(R"({"a":1,"b":[1,{"c":null}]})"), tree(R"({"b":[1,{"c":null}],"a":1})"));
  EXPECT_FALSE(tree(R"({"a":1})") == tree(R"({"a":1.0})"));
  EXPECT_FALSE(tree(R"([1,2])") == tree(R"([2,1])"));
  EXPECT_FALSE(tree(R"({"a":1})") == tree(R"({"a":1,"b":2})"));
}

TEST(JsonTreeTest, NumbersReadAsDoublesWhateverTheirType) {
  EXPECT_EQ(tree("3").as_double(), 3.0);
  EXPECT_EQ(tree("18446744073709551615").as_double(), 18446744073709551615.0);
  EXPECT_EQ(tree("2.5").as_double(), 2.5);
}

}  // namespace
}  // namespace selene::base
