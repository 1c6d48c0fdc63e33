#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "base/json/json_document.h"
#include "base/json/json_scanner.h"
#include "base/json/json_writer.h"

namespace selene::base {
namespace {

std::string rewrite(const std::string& text) {
  auto document = JsonDocument::parse(text);
  if (!document.has_value()) return "error: " + document.error().reason();
  JsonWriter out;
  out.value(document->root());
  return out.take();
}

TEST(JsonTest, EveryTypeComesBack) {
  EXPECT_EQ(rewrite(R"( {"a":[1,-2.5,{"b":null}],"c":"x","d":18446744073709551615,"e":true,"f":false,"g":{},"h":[]} )"),
            R"({"a":[1,-2.5,{"b":null}],"c":"x","d":18446744073709551615,"e":true,"f":false,"g":{},"h":[]})");
  EXPECT_EQ(rewrite("7"), "7");
  EXPECT_EQ(rewrite("\"x\""), "\"x\"");
}

TEST(JsonTest, EscapesAndSurrogatesAreDecoded) {
  EXPECT_EQ(rewrite(R"("\u00e9\n\t\"\\\ud83d\ude00")"), "\"\u00e9\\n\\t\\\"\\\\\U0001F600\"");
}

TEST(JsonTest, FaultsNameLineAndColumn) {
  EXPECT_EQ(rewrite("{\"a\":1,\n\"a\":2}"), "error: [2:1] Duplicate field 'a'");
  EXPECT_EQ(rewrite("{\"a\" 1}"),
            "error: [1:6] Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value");
  EXPECT_TRUE(rewrite("{").starts_with("error: [1:2] Unexpected end-of-input"));
  EXPECT_TRUE(rewrite("").starts_with("error: [1:1] Unexpected end-of-input"));
  EXPECT_TRUE(rewrite("[1,2,]").starts_with("error: [1:6] "));
  EXPECT_TRUE(rewrite("{\"a\":1e999}").starts_with("error: [1:6] Numeric value (1e999) out of range"));
  EXPECT_TRUE(rewrite("{}x").starts_with("error: [1:3] "));
  EXPECT_TRUE(rewrite("\"\xff\"").starts_with("error: [1:2] Invalid UTF-8"));
  EXPECT_TRUE(rewrite("nul").starts_with("error: [1:1] Unrecognized token 'nul'"));
}

TEST(JsonTest, DuplicateKeysAreFoundDeepAndInLargeObjects) {
  EXPECT_TRUE(rewrite(R"({"a":[{"b":1,"b":2}]})").starts_with("error: [1:14] Duplicate field 'b'"));
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(rewrite(many + "\"k3\":0}").find("Duplicate field 'k3'") != std::string::npos);
  EXPECT_FALSE(rewrite(many + "\"z\":0}").starts_with("error"));
}

TEST(JsonTest, DepthIsBounded) {
  EXPECT_FALSE(JsonDocument::parse(std::string(1001, '[') + std::string(1001, ']')).has_value());
  EXPECT_TRUE(JsonDocument::parse(std::string(900, '[') + std::string(900, ']')).has_value());
  EXPECT_FALSE(JsonDocument::parse(std::string(1'000'000, '[')).has_value());
}

TEST(JsonTest, PositionAndTextOfEachMember) {
  const std::string text = "{\"a\": [1, 2.5],\n \"b\" : \"x}\", \"c\":{\"d\":true}}";
  const auto document = JsonDocument::parse(text);
  ASSERT_TRUE(document.has_value());
  const JsonValue root = document->root();
  EXPECT_EQ(document->text_of(root["a"]), "[1, 2.5]");
  EXPECT_EQ(document->text_of(root["b"]), "\"x}\"");
  EXPECT_EQ(document->text_of(root["c"]["d"]), "true");
  EXPECT_EQ(document->position_of(root["b"]).line, 2);
  EXPECT_EQ(document->position_of(root["b"]).column, 8);
}

TEST(JsonTest, ReparseReplacesTheContentAndSurvivesAFault) {
  JsonDocument document;
  EXPECT_FALSE(document.root().exists());
  ASSERT_TRUE(document.reparse("{\"a\":1}").has_value());
  EXPECT_EQ(document.root()["a"].as_int64(), 1);
  ASSERT_FALSE(document.reparse("{").has_value());
  EXPECT_FALSE(document.root().exists());
  const std::string longer = "{\"a\":\"" + std::string(100000, 'x') + "\"}";
  ASSERT_TRUE(document.reparse(longer).has_value());
  EXPECT_EQ(document.root()["a"].as_string().size(), 100000U);
}

TEST(JsonWriterTest, NumbersHaveJavasForms) {
  EXPECT_EQ(format_number(1.0), "1.0");
  EXPECT_EQ(format_number(-0.0), "-0.0");
  EXPECT_EQ(format_number(0.001), "0.001");
  EXPECT_EQ(format_number(0.0001), "1.0E-4");
  EXPECT_EQ(format_number(9999999.0), "9999999.0");
  EXPECT_EQ(format_number(1e7), "1.0E7");
  EXPECT_EQ(format_number(12345678.9), "1.23456789E7");
  EXPECT_EQ(format_number(100.0), "100.0");
  EXPECT_EQ(format_number(0.1F), "0.1");
  EXPECT_EQ(format_number(3.4028235e38F), "3.4028235E38");
  EXPECT_EQ(format_number(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(format_number(-std::numeric_limits<float>::infinity()), "\"-Infinity\"");
}

TEST(JsonWriterTest, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(quote("a\xff\xc3(b\xf0\x9f\x98\x80"), "\"a\xEF\xBF\xBD\xEF\xBF\xBD(b\xf0\x9f\x98\x80\"");
  EXPECT_EQ(quote(std::string_view("\x01\x1f\"\\", 4)), "\"\\u0001\\u001f\\\"\\\\\"");
}

TEST(JsonWriterTest, PrettyIsElasticsearchsLayout) {
  EXPECT_EQ(pretty_json(R"({"a":[1,{"b":"x, y: {"}],"c":{},"d":[ ]})"),
            "{\n  \"a\" : [\n    1,\n    {\n      \"b\" : \"x, y: {\"\n    }\n  ],\n  \"c\" : { },\n  \"d\" : [ ]\n}\n");
}

RC_GTEST_PROP(JsonTest, AnyStringSurvivesQuoteAndParse, (const std::u32string& points)) {
  std::string text;
  for (const char32_t c : points) text += static_cast<char>(c & 0x7F);
  const std::string json = quote(text);
  const auto document = JsonDocument::parse(json);
  RC_ASSERT(document.has_value());
  RC_ASSERT(document->root().as_string() == text);
}

RC_GTEST_PROP(JsonTest, AnyDoubleSurvives, (double v)) {
  const std::string json = format_number(v);
  const auto document = JsonDocument::parse(json);
  RC_ASSERT(document.has_value());
  RC_ASSERT(document->root().as_double() == v);
}

RC_GTEST_PROP(JsonTest, AnyBytesParseOrNameAFault, (const std::string& bytes)) {
  const auto document = JsonDocument::parse(bytes);
  if (!document.has_value()) RC_ASSERT(document.error().reason().starts_with("["));
}

}  // namespace
}  // namespace selene::base
