#include "ingest/pipelines/ingest_document.h"

#include <gtest/gtest.h>

#include "ingest/pipelines/value_template.h"

namespace selene::ingest {
namespace {

using base::JsonDocument;
using base::JsonTree;

IngestDocument document(std::string_view source) {
  return {JsonTree::from(JsonDocument::parse(source)->root()), "i", "1", "", "2024-03-25T00:00:00.000Z"};
}
std::string fault(const base::Status& status) { return status ? "" : status.error().reason(); }

TEST(IngestDocumentTest, PathsReachSourceMetadataAndIngest) {
  const IngestDocument one = document(R"({"a":{"b":[1,{"c":"x"}]}})");
  EXPECT_EQ(*one.get_text("a.b.1.c"), "x");
  EXPECT_EQ(*one.get_text("_source.a.b.1.c"), "x");
  EXPECT_EQ(*one.get_text("_index"), "i");
  EXPECT_EQ(*one.get_text("_ingest.timestamp"), "2024-03-25T00:00:00.000Z");
  EXPECT_FALSE(one.has("a.x"));
  EXPECT_EQ(one.get("a.b.7").error().reason(), "[7] is out of bounds for array with length [2] as part of path [a.b.7]");
  EXPECT_EQ(one.get_text("a.b.0").error().reason(),
            "field [a.b.0] of type [java.lang.Integer] cannot be cast to [java.lang.String]");
  EXPECT_EQ(one.get("").error().reason(), "path cannot be null nor empty");
}

TEST(IngestDocumentTest, ObjectsOnTheWayAreMade) {
  IngestDocument one = document(R"({"l":[1],"s":"x","n":null})");
  EXPECT_TRUE(one.set("a.b.c", JsonTree(int64_t{1})));
  EXPECT_TRUE(one.set("l.0", "y"));
  EXPECT_EQ(one.source().to_json(), R"({"l":["y"],"s":"x","n":null,"a":{"b":{"c":1}}})");
  EXPECT_EQ(fault(one.set("s.x", JsonTree())),
            "cannot set [x] with parent object of type [java.lang.String] as part of path [s.x]");
  EXPECT_EQ(fault(one.set("n.x", JsonTree())), "cannot set [x] with null parent as part of path [n.x]");
  EXPECT_EQ(fault(one.set("l.x", JsonTree())), "[x] is not an integer, cannot be used as an index as part of path [l.x]");
}

TEST(IngestDocumentTest, AppendingMakesListsAndMayLeaveOutWhatIsThere) {
  IngestDocument one = document(R"({"one":1,"two":["a"]})");
  EXPECT_TRUE(one.append("one", JsonTree(int64_t{2}), true));
  JsonTree more = JsonTree::array();
  more.as_array().emplace_back("a");
  more.as_array().emplace_back("b");
  EXPECT_TRUE(one.append("two", more, false));
  EXPECT_TRUE(one.append("new.list", "x", true));
  EXPECT_EQ(one.source().to_json(), R"({"one":[1,2],"two":["a","b"],"new":{"list":["x"]}})");
}

TEST(IngestDocumentTest, TheSourceLeavesMetadataOut) {
  IngestDocument one = document(R"({"a":1})");
  EXPECT_TRUE(one.set("_id", "2"));
  EXPECT_TRUE(one.set("_routing", JsonTree(int64_t{7})));
  EXPECT_EQ(one.source().to_json(), R"({"a":1})");
  EXPECT_EQ(one.metadata("_id"), "2");
  EXPECT_EQ(one.metadata("_routing"), "7");
}

TEST(ValueTemplateTest, TagsStandForValues) {
  const IngestDocument one = document(R"({"a":"x\"y","l":[1,"b"],"o":{"k":true}})");
  const auto render = [&](std::string_view text) { return TextTemplate::compile(text)->render(one); };
  EXPECT_EQ(render("{{{a}}}-{{a}}-{{& a}}"), "x\"y-x\\\"y-x\"y");
  EXPECT_EQ(render("{{l}} {{o}} {{missing}}."), "[1, b] {k=true} .");
  EXPECT_EQ(render("no tag"), "no tag");
  EXPECT_TRUE(TextTemplate::compile("plain")->is_constant());
  EXPECT_FALSE(TextTemplate::compile("{{a}}")->is_constant());
  EXPECT_FALSE(TextTemplate::compile("{{a"));
  EXPECT_FALSE(TextTemplate::compile("{{#a}}{{/a}}"));
}

}  // namespace
}  // namespace selene::ingest
