#include "inference/services/validation.h"

#include <gtest/gtest.h>

#include <array>

namespace selene::inference {
namespace {

base::JsonDocument parse(std::string_view text) { return base::JsonDocument::parse(text).value(); }

TEST(ValidationTest, AllFaultsStandInOneText) {
  Validation validation;
  EXPECT_TRUE(validation.status(base::ErrorCode::kValidation).has_value());
  validation.add("a");
  validation.add("b");
  EXPECT_EQ(validation.status(base::ErrorCode::kValidation).error().reason(), "Validation Failed: 1: a;2: b;");
}

TEST(JavaTextTest, PrintsAsJavaDoes) {
  const auto json = parse(R"({"a":1,"b":[true,null,"x"],"c":{"d":1.5}})");
  EXPECT_EQ(java_text(json.root()), "{a=1, b=[true, null, x], c={d=1.5}}");
}

struct Read {
  std::string faults;
  std::string left;
};
template <class Reads>
Read read(std::string_view text, Reads reads) {
  const auto json = parse(text);
  Validation validation;
  SettingsReader reader(json.root(), "service_settings", validation);
  reads(reader);
  return {validation.ok() ? "" : validation.status(base::ErrorCode::kValidation).error().reason(), reader.leftovers()};
}

TEST(SettingsReaderTest, MissingWrongTypeEmptyAndOutOfRangeAreNamed) {
  EXPECT_EQ(read("{}", [](SettingsReader& r) { r.required_string("api_key"); }).faults,
            "Validation Failed: 1: [service_settings] does not contain the required setting [api_key];");
  EXPECT_EQ(read(R"({"api_key":1})", [](SettingsReader& r) { r.required_string("api_key"); }).faults,
            "Validation Failed: 1: field [api_key] is not of the expected type. The value [1] cannot be converted to a [String];");
  EXPECT_EQ(read(R"({"api_key":""})", [](SettingsReader& r) { r.required_string("api_key"); }).faults,
            "Validation Failed: 1: [service_settings] Invalid empty string. [api_key] must be a non-empty string;");
  EXPECT_EQ(read(R"({"num_threads":-3})", [](SettingsReader& r) { r.required_positive("num_threads"); }).faults,
            "Validation Failed: 1: [service_settings] Invalid value [-3]. [num_threads] must be a positive integer;");
  EXPECT_NE(read(R"({"num_threads":99999999999})", [](SettingsReader& r) { r.required_positive("num_threads"); }).faults, "");
  EXPECT_NE(read(R"({"num_threads":1.5})", [](SettingsReader& r) { r.required_positive("num_threads"); }).faults, "");
  EXPECT_EQ(read(R"({"num_threads":4})", [](SettingsReader& r) { EXPECT_EQ(r.required_positive("num_threads"), 4); }).faults, "");
}

TEST(SettingsReaderTest, AWordIsOneOfThoseAllowedInEitherCase) {
  constexpr std::array<std::string_view, 2> kWords = {"end", "start"};
  EXPECT_EQ(read(R"({"truncate":"END"})", [&](SettingsReader& r) { EXPECT_EQ(r.optional_word("truncate", kWords), "END"); }).faults,
            "");
  EXPECT_EQ(read("{}", [&](SettingsReader& r) { EXPECT_FALSE(r.optional_word("truncate", kWords).has_value()); }).faults, "");
  EXPECT_EQ(read(R"({"truncate":"middle"})", [&](SettingsReader& r) { r.optional_word("truncate", kWords); }).faults,
            "Validation Failed: 1: [service_settings] Invalid value [middle] received. [truncate] must be one of [end, start];");
}

TEST(SettingsReaderTest, WhatNobodyTookIsLeftOver) {
  EXPECT_EQ(read(R"({"a":"x","foo":1,"bar":[1]})", [](SettingsReader& r) { r.optional_string("a"); }).left, "{foo=1, bar=[1]}");
  EXPECT_EQ(read(R"({"a":null})", [](SettingsReader& r) { EXPECT_FALSE(r.optional_string("a").has_value()); }).left, "");
}

TEST(SettingsReaderTest, AScalarIsNoSettingsObject) {
  EXPECT_EQ(
      read("3", [](SettingsReader&) {}).faults,
      "Validation Failed: 1: field [service_settings] is not of the expected type. The value [3] cannot be converted to a [Map];");
}

}  // namespace
}  // namespace selene::inference
