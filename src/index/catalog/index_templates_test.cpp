#include "index/catalog/index_templates.h"

#include <gtest/gtest.h>

#include "index/catalog/catalog.h"
#include "index/catalog/template_merge.h"
#include "index/engine/temporary_folder.h"

namespace selene::index {
namespace {

using base::ErrorCode;
using base::JsonDocument;
using base::JsonTree;

JsonTree tree(std::string_view json) { return JsonTree::from(JsonDocument::parse(json)->root()); }

class IndexTemplatesTest : public testing::Test {
 protected:
  IndexTemplatesTest() { open(); }
  void open() {
    catalog_ = nullptr;
    catalog_ = *Catalog::open({.data_folder = folder_.path() / "data"});
  }
  base::Status put(std::string_view name, std::string_view body, TemplatePut how = TemplatePut::kCreateOrReplace) {
    return catalog_->templates().put_template(name, JsonDocument::parse(body)->root(), how);
  }
  base::Status component(std::string_view name, std::string_view body) {
    return catalog_->templates().put_component(name, JsonDocument::parse(body)->root(), TemplatePut::kCreateOrReplace);
  }
  TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST(PatternsOverlapTest, SomeNameMatchesBoth) {
  EXPECT_TRUE(patterns_overlap("logs-*", "*-prod"));
  EXPECT_TRUE(patterns_overlap("*", "a"));
  EXPECT_TRUE(patterns_overlap("a*b*c", "abbc"));
  EXPECT_TRUE(patterns_overlap("a*", "a**"));
  EXPECT_TRUE(patterns_overlap("", "*"));
  EXPECT_FALSE(patterns_overlap("logs-*", "metrics-*"));
  EXPECT_FALSE(patterns_overlap("a*b", "a*c"));
  EXPECT_FALSE(patterns_overlap("a", "ab"));
}

TEST(MergeTemplatesTest, FieldsAreReplacedObjectsMergedSettingsFlattened) {
  const JsonTree merged = merge_templates(
      tree(R"({"settings":{"index":{"number_of_replicas":1,"codec":"default"}},"aliases":{"x":{}},
               "mappings":{"dynamic":false,"properties":{"a":{"type":"text","analyzer":"english"},"o":{"properties":{"b":{"type":"long"}}}}}})"),
      tree(
          R"({"settings":{"number_of_replicas":"0"},"mappings":{"properties":{"a":{"type":"keyword"},"o":{"properties":{"c":{"type":"date"}}}}}})"));
  EXPECT_EQ(
      merged.to_json(),
      R"({"settings":{"index.number_of_replicas":"0","index.codec":"default"},"aliases":{"x":{}},"mappings":{"dynamic":false,)"
      R"("properties":{"a":{"type":"keyword"},"o":{"properties":{"b":{"type":"long"},"c":{"type":"date"}}}}}})");
}

TEST_F(IndexTemplatesTest, ANewIndexGetsComponentsThenTemplateThenItsOwn) {
  ASSERT_TRUE(component("base", R"({"template":{"settings":{"number_of_replicas":3,"max_result_window":50},
                                                  "mappings":{"properties":{"a":{"type":"long"},"b":{"type":"long"}}}}})"));
  ASSERT_TRUE(put("t", R"({"index_patterns":["logs-*"],"composed_of":["base"],"priority":5,
                           "template":{"settings":{"number_of_replicas":2},"mappings":{"properties":{"b":{"type":"keyword"}}},"aliases":{"{index}-all":{}}}})"));
  ASSERT_TRUE(put("weaker", R"({"index_patterns":"log*","priority":1,"template":{"settings":{"number_of_replicas":9}}})"));
  open();
  const auto body = JsonDocument::parse(R"({"settings":{"number_of_replicas":0}})");
  const auto index = catalog_->create("logs-1", body->root());
  ASSERT_TRUE(index) << index.error().reason();
  EXPECT_EQ((*index)->settings.number_of_replicas, 0);
  EXPECT_EQ((*index)->settings.max_result_window, 50);
  EXPECT_EQ((*index)->engine->mapping()->find("a")->type_name, "long");
  EXPECT_EQ((*index)->engine->mapping()->find("b")->type_name, "keyword");
  EXPECT_TRUE(catalog_->aliases_of("logs-1").contains("logs-1-all"));
  EXPECT_EQ((*catalog_->resolve_write("logs-2", true))->settings.number_of_replicas, 2);
  EXPECT_EQ((*catalog_->resolve_write("other", true))->settings.number_of_replicas, 1);
}

TEST_F(IndexTemplatesTest, WrongOnesAreRefused) {
  EXPECT_EQ(put("t", R"({"template":{}})").error().reason(), "Validation Failed: 1: index patterns are missing;");
  EXPECT_EQ(put("t", R"({"index_patterns":["a"],"composed_of":["c"]})").error().reason(),
            "index_template [t] invalid, cause [index template [t] specifies component templates [c] that do not exist]");
  EXPECT_TRUE(put("t", R"({"index_patterns":["a"],"composed_of":["c"],"ignore_missing_component_templates":["c"]})"));
  EXPECT_EQ(put("t", R"({"index_patterns":["a"]})", TemplatePut::kCreate).error().reason(), "index template [t] already exists");
  EXPECT_NE(put("u", R"({"index_patterns":["a*"]})").error().reason().find("that have the same priority [0]"), std::string::npos);
  EXPECT_EQ(put("u", R"({"index_patterns":["b"],"template":{"settings":{"index.foo":1}}})").error().code(),
            ErrorCode::kIllegalArgument);
  EXPECT_EQ(put("u", R"({"index_patterns":["b"],"template":{"mappings":{"properties":{"f":{"type":"nonsense"}}}}})").error().code(),
            ErrorCode::kMapperParsing);
  EXPECT_EQ(put("u", R"({"index_patterns":["b"],"surprise":1})").error().code(), ErrorCode::kXContentParse);
}

TEST_F(IndexTemplatesTest, AComponentInUseStays) {
  ASSERT_TRUE(component("c", R"({"template":{}})"));
  ASSERT_TRUE(put("t", R"({"index_patterns":["a"],"composed_of":["c"]})"));
  EXPECT_FALSE(catalog_->templates().remove_component("c"));
  ASSERT_TRUE(catalog_->templates().remove_template("t"));
  EXPECT_TRUE(catalog_->templates().remove_component("c"));
  EXPECT_EQ(catalog_->templates().remove_component("c").error().code(), ErrorCode::kResourceNotFound);
  EXPECT_EQ(catalog_->templates().remove_template("t").error().code(), ErrorCode::kIndexTemplateMissing);
  EXPECT_TRUE(catalog_->templates().remove_template("t*"));
}

TEST_F(IndexTemplatesTest, SimulationNamesWhatLost) {
  ASSERT_TRUE(put("strong", R"({"index_patterns":["a*"],"priority":9,"template":{"settings":{"number_of_replicas":7}}})"));
  ASSERT_TRUE(put("weak", R"({"index_patterns":["ab*"],"priority":1})"));
  const auto simulated = catalog_->templates().simulate_index("abc");
  ASSERT_TRUE(simulated);
  EXPECT_EQ(simulated->result.find("settings")->to_json(), R"({"index.number_of_replicas":7})");
  ASSERT_EQ(simulated->overlapping.size(), 1U);
  EXPECT_EQ(simulated->overlapping[0].first, "weak");
  EXPECT_FALSE(catalog_->templates().simulate_index("other"));
  EXPECT_FALSE(catalog_->templates().simulate_template("missing", {}));
}

}  // namespace
}  // namespace selene::index
