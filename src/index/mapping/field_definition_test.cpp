#include "index/mapping/field_definition.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

std::string written(std::string_view definition) {
  const auto document = base::JsonDocument::parse(definition);
  base::JsonWriter out;
  write_with_defaults(document->root(), out);
  return out.take();
}

TEST(FieldDefinitionTest, WhatWasGivenStaysAmongTheDefaults) {
  EXPECT_EQ(
      written(R"({"type":"boolean","store":true})"),
      R"({"type":"boolean","meta":{},"doc_values":true,"index":true,"null_value":null,"store":true,"ignore_malformed":false})");
}

TEST(FieldDefinitionTest, MultiFieldsHaveTheirOwn) {
  const std::string text = written(R"({"type":"text","fields":{"raw":{"type":"keyword","ignore_above":256}},"copy_to":["all"]})");
  EXPECT_NE(text.find(R"("analyzer":"default")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("raw":{"type":"keyword","index":true)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("ignore_above":256)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("normalizer":null)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("copy_to":["all"])"), std::string::npos) << text;
}

TEST(FieldDefinitionTest, UnknownTypesAreWrittenAsTheyAre) {
  EXPECT_EQ(written(R"({"type":"nothing","a":1})"), R"({"type":"nothing","a":1})");
}

}  // namespace
}  // namespace selene::index
