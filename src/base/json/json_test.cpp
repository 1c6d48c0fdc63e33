#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "base/json/json_document.h"
#include "base/json/json_scanner.h"
#include "base/json/json_writer.h"
#include "base/unicode.h"

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
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(JsonDocument::parse(nested(1000)).has_value());
  EXPECT_TRUE(rewrite(nested(1001)).starts_with("error: [1:1001] Document nesting depth (1001) exceeds the maximum allowed (1000"));
  EXPECT_TRUE(JsonDocument::parse(nested(3), 3).has_value());
  EXPECT_FALSE(JsonDocument::parse(nested(4), 3).has_value());
  EXPECT_FALSE(JsonDocument::parse(std::string(1'000'000, '[')).has_value());
}

TEST(JsonTest, UnpairedSurrogateEscapesReadAsReplacementCharacters) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(rewrite(R"("\ud83d")"), "\"" + bad + "\"");
  EXPECT_EQ(rewrite(R"("a\uDE00\ud83dz")"), "\"a" + bad + bad + "z\"");
  EXPECT_EQ(rewrite(R"("\ud83d\ud83d\ude00")"), "\"" + bad + "\U0001F600\"");
  EXPECT_EQ(rewrite(R"("\\ud83d")"), R"("\\ud83d")");  // an escaped backslash, then plain letters
  EXPECT_TRUE(rewrite(R"("\ud8")").starts_with("error: [1:"));
  const auto document = JsonDocument::parse(R"({"a":"\ud83d"})");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->text_of(document->root()["a"]), R"("\ud83d")");
}

TEST(JsonTest, ByteOrderMarkIsSkipped) {
  EXPECT_EQ(rewrite("\xEF\xBB\xBF[1]"), "[1]");
  EXPECT_TRUE(rewrite("\xEF\xBB\xBF").starts_with("error: [1:"));
}

TEST(JsonTest, IntegersKeepAll64Bits) {
  EXPECT_EQ(rewrite("[9223372036854775807,-9223372036854775808,18446744073709551615]"),
            "[9223372036854775807,-9223372036854775808,18446744073709551615]");
  EXPECT_TRUE(rewrite("[18446744073709551616]").starts_with("error: [1:2] Numeric value (18446744073709551616) out of range"));
  EXPECT_TRUE(rewrite("[1e-999,1e999]").starts_with("error: [1:9] Numeric value (1e999)"));
}

TEST(JsonTest, FirstDuplicateIsNamedAmongManyKeys) {
  std::string many = "{";
  for (int i = 40; i > 0; --i) many += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_EQ(rewrite(many + "\n\"k9\":0,\"k1\":0}"), "error: [2:1] Duplicate field 'k9'");
}

TEST(JsonTest, EqualKeysInDifferentObjectsAreFine) {
  EXPECT_EQ(rewrite(R"({"a":{"a":1},"b":{"a":2}})"), R"({"a":{"a":1},"b":{"a":2}})");
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

TEST(JsonTest, ReparseKeepsItsBuffers) {
  JsonDocument document;
  ASSERT_TRUE(document.reparse("\"" + std::string(10000, 'x') + "\"").has_value());
  const char* const strings = document.root().as_string().data();
  for (size_t size = 1; size < 10000; size += 999) {
    ASSERT_TRUE(document.reparse("\"" + std::string(size, 'y') + "\"").has_value());
    EXPECT_EQ(document.root().as_string().data(), strings);
  }
}

TEST(JsonTest, SmallTextsAfterALargeOneStillParse) {
  JsonDocument document;
  const std::string large = "\"" + std::string(20U << 20, 'x') + "\"";
  ASSERT_TRUE(document.reparse(large).has_value());
  EXPECT_EQ(document.root().as_string().size(), 20U << 20);
  ASSERT_TRUE(document.reparse("[1]").has_value());
  EXPECT_EQ(document.root().as_array().size(), 1U);
  ASSERT_TRUE(document.reparse(large).has_value());
  EXPECT_EQ(document.root().as_string().size(), 20U << 20);
}

TEST(JsonWriterTest, FloatsAndDoublesHaveTheirOwnShortestForm) {
  EXPECT_EQ(format_number(0.1F), "0.1");
  EXPECT_EQ(format_number(static_cast<double>(0.1F)), "0.10000000149011612");
  EXPECT_EQ(format_number(1.17549435E-38F), "1.1754944E-38");
  EXPECT_EQ(format_number(5e-324), "4.9E-324");
  EXPECT_EQ(format_number(2e-323), "2.0E-323");
  EXPECT_EQ(format_number(std::numeric_limits<float>::denorm_min()), "1.4E-45");
  EXPECT_EQ(format_number(1.7976931348623157e308), "1.7976931348623157E308");
  EXPECT_EQ(format_number(9999999.5), "9999999.5");
  EXPECT_EQ(format_number(-1234567.0F), "-1234567.0");
  EXPECT_EQ(format_number(1.0E10F), "1.0E10");
  EXPECT_EQ(format_number(0.00123), "0.00123");
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

/// UTF-8 of code points, any but surrogates.
std::string to_utf8(const std::vector<uint32_t>& seeds) {
  std::string text;
  for (const uint32_t seed : seeds) {
    constexpr uint32_t kRanges[] = {0x80, 0x800, 0xD800, 0x110000};
    const uint32_t point = seed % kRanges[seed % 4];
    if (point < 0xD800 || point > 0xDFFF) append_utf8(text, static_cast<char32_t>(point));
  }
  return text;
}

RC_GTEST_PROP(JsonTest, AnyStringSurvivesQuoteAndParse, (const std::vector<uint32_t>& seeds)) {
  const std::string text = to_utf8(seeds);
  const auto document = JsonDocument::parse(quote(text));
  RC_ASSERT(document.has_value());
  RC_ASSERT(document->root().as_string() == text);
}

void write_random(JsonWriter& out, const std::vector<int>& choices, size_t& at, int depth) {
  const auto next = [&] { return at < choices.size() ? std::abs(choices[at++] % 1000) : 0; };
  switch (const int kind = next() % 8; depth > 6 ? kind % 6 : kind) {
    case 0: out.null(); return;
    case 1: out.value(next() % 2 == 0); return;
    case 2: out.value(next() - 500); return;
    case 3: out.value((next() - 500) / 7.0); return;
    case 4: out.value(std::numeric_limits<uint64_t>::max() - static_cast<uint64_t>(next())); return;
    case 5: out.value(std::string(static_cast<size_t>(next() % 40), static_cast<char>(next() % 128))); return;
    case 6:
      out.begin_array();
      for (int n = next() % 5; n > 0; --n) write_random(out, choices, at, depth + 1);
      out.end_array();
      return;
    default:
      out.begin_object();
      for (int n = next() % 5; n > 0; --n) {
        out.key("k" + std::to_string(n));
        write_random(out, choices, at, depth + 1);
      }
      out.end_object();
  }
}

RC_GTEST_PROP(JsonTest, AnyDocumentSurvivesWriteAndPretty, (const std::vector<int>& choices)) {
  JsonWriter out;
  size_t at = 0;
  write_random(out, choices, at, 0);
  RC_ASSERT(rewrite(out.text()) == out.text());
  RC_ASSERT(rewrite(pretty_json(out.text())) == out.text());
}

/// Every text that the parser refuses has a fault that the scanner names, and the scanner finds none in one that it takes.
RC_GTEST_PROP(JsonTest, ParserAndScannerAgree, (const std::vector<int>& choices, const std::vector<int>& damage)) {
  JsonWriter out;
  size_t at = 0;
  write_random(out, choices, at, 0);
  std::string text = out.take();
  constexpr std::string_view kMarks = "{}[],:\"\\0123456789eE+-. \n\tntfu\xff\x01";
  for (size_t i = 0; i + 1 < damage.size() && i < 6; i += 2) {
    const auto place = static_cast<size_t>(std::abs(damage[i] % 100000)) % text.size();
    text[place] = kMarks[static_cast<size_t>(std::abs(damage[i + 1] % 1000)) % kMarks.size()];
  }
  constexpr std::string_view kNoFault = "malformed JSON";
  const bool parsed = rewrite(text).rfind("error: ", 0) != 0 || rewrite(text).find("Duplicate field") != std::string::npos;
  RC_ASSERT(parsed == (find_json_fault(text, JsonDocument::kMaxDepth).reason == kNoFault));
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
