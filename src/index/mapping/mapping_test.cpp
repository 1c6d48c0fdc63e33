#include "index/mapping/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/json_writer.h"
#include "index/mapping/semantic_text.h"

namespace selene::index {
namespace {

using base::ErrorCode;
using testing::ElementsAre;

std::shared_ptr<const AnalyzerRegistry> analyzers() {
  static const auto kJson = base::JsonDocument::parse(
      R"({"analyzer":{"mine":{"tokenizer":"whitespace"}},"normalizer":{"low":{"type":"custom","filter":["lowercase"]}}})");
  static const auto kAnalyzers = AnalyzerRegistry::create(kJson->root()).value();
  return kAnalyzers;
}

base::Result<std::shared_ptr<const Mapping>> merge(const std::shared_ptr<const Mapping>& mapping, std::string_view json) {
  const auto parsed = base::JsonDocument::parse(json);
  return mapping->merge(parsed.value().root());
}
std::shared_ptr<const Mapping> make(std::string_view json) { return merge(Mapping::empty(analyzers()), json).value(); }
base::Error error_of(std::string_view json, std::string_view before = "{}") { return merge(make(before), json).error(); }
std::string shown(const Mapping& mapping) {
  base::JsonWriter out;
  mapping.write_json(out);
  return out.take();
}
std::string field(std::string_view definition) { return base::format(R"({{"properties":{{"f":{}}}}})", definition); }

TEST(MappingTest, ShowsFieldsSortedWithoutDefaults) {
  EXPECT_EQ(shown(*Mapping::empty(analyzers())), "{}");
  EXPECT_EQ(
      shown(*make(
          R"({"properties":{"b":{"type":"keyword","doc_values":true,"ignore_above":5},"a":{"type":"text","analyzer":"english","norms":"false",
                          "fields":{"raw":{"type":"keyword"}},"copy_to":"b"}}})")),
      R"({"properties":{"a":{"type":"text","norms":false,"analyzer":"english","fields":{"raw":{"type":"keyword"}},"copy_to":["b"]},)"
      R"("b":{"type":"keyword","ignore_above":5}}})");
  EXPECT_EQ(
      shown(*make(
          R"({"dynamic":"strict","date_detection":false,"_meta":{"v":1},"properties":{"o":{"type":"object","dynamic":true,"properties":{"x":{"type":"long"}}},
                          "e":{"type":"object"},"off":{"enabled":false}}})")),
      R"({"dynamic":"strict","_meta":{"v":1},"date_detection":false,"properties":{"e":{"type":"object"},)"
      R"("o":{"type":"object","dynamic":"true","properties":{"x":{"type":"long"}}},"off":{"type":"object","enabled":false}}})");
}

TEST(MappingTest, WhatItShowsMakesTheSameMapping) {
  const auto mapping = make(
      R"({"properties":{"t":{"type":"text","analyzer":"mine","search_analyzer":"simple","index_options":"freqs","fields":{"k":{"type":"keyword","normalizer":"low"}}},
          "d":{"type":"date","format":"yyyy-MM-dd||epoch_millis","null_value":"2020-01-01"},"s":{"type":"scaled_float","scaling_factor":"10","null_value":1.5},
          "o.p.q":{"type":"byte","coerce":false}}})");
  EXPECT_EQ(shown(*make(shown(*mapping))), shown(*mapping));
}

TEST(MappingTest, FieldsCarryTheirSettings) {
  const auto mapping = make(
      R"({"properties":{"t":{"type":"text","analyzer":"english","search_analyzer":"simple","index_options":"docs","position_increment_gap":5,
          "fields":{"k":{"type":"keyword","ignore_above":"7","normalizer":"low"}}},"m":{"type":"match_only_text"},"u.v":{"type":"integer","index":false}}})");
  const MappedField& t = *mapping->find("t");
  EXPECT_EQ(t.analyzer->name(), "english");
  EXPECT_EQ(t.search_analyzer->name(), "simple");
  EXPECT_EQ(t.search_quote_analyzer->name(), "simple");
  EXPECT_FALSE(t.freqs);
  EXPECT_FALSE(t.positions);
  EXPECT_FALSE(t.doc_values);
  EXPECT_TRUE(t.norms);
  EXPECT_EQ(t.position_increment_gap, 5);
  EXPECT_THAT(t.multi_fields, ElementsAre("t.k"));
  EXPECT_EQ(mapping->find("t.k")->ignore_above, 7);
  EXPECT_NE(mapping->find("t.k")->normalizer, nullptr);
  EXPECT_TRUE(mapping->find("m")->constant_score);
  EXPECT_EQ(mapping->find("m")->type_name, "match_only_text");
  EXPECT_FALSE(mapping->find("u.v")->index);
  EXPECT_TRUE(mapping->is_object("u"));
  EXPECT_FALSE(mapping->is_object("t"));
  EXPECT_EQ(mapping->find("u"), nullptr);
  EXPECT_EQ(mapping->match("t*").size(), 2U);
  EXPECT_EQ(mapping->num_fields(), 5);
}

TEST(MappingTest, MergeAddsFieldsAndMultiFields) {
  auto mapping = make(field(R"({"type":"text"})"));
  mapping =
      merge(mapping,
            R"({"properties":{"f":{"type":"text","fields":{"k":{"type":"keyword"}}},"o":{"properties":{"a":{"type":"long"}}}}})")
          .value();
  mapping =
      merge(
          mapping,
          R"({"properties":{"f":{"type":"text","fields":{"e":{"type":"text","analyzer":"english"}}},"o":{"properties":{"b":{"type":"long"}}}}})")
          .value();
  EXPECT_NE(mapping->find("f.k"), nullptr);
  EXPECT_NE(mapping->find("f.e"), nullptr);
  EXPECT_NE(mapping->find("o.a"), nullptr);
  EXPECT_NE(mapping->find("o.b"), nullptr);
}

TEST(MappingTest, MergeConflicts) {
  const std::string text = field(R"({"type":"text","analyzer":"english"})");
  EXPECT_EQ(error_of(field(R"({"type":"keyword"})"), text).reason(), "mapper [f] cannot be changed from type [text] to [keyword]");
  EXPECT_EQ(error_of(field(R"({"type":"keyword"})"), text).code(), ErrorCode::kIllegalArgument);
  EXPECT_EQ(error_of(field(R"({"type":"text","analyzer":"simple","store":true})"), text).reason(),
            "Mapper for [f] conflicts with existing mapper:\n\tCannot update parameter [store] from [false] to [true]\n\tCannot "
            "update parameter [analyzer] "
            "from [english] to [simple]");
  EXPECT_EQ(error_of(field(R"({"type":"text"})"), text).reason(),
            "Mapper for [f] conflicts with existing mapper:\n\tCannot update parameter [analyzer] from [english] to [default]");
  EXPECT_EQ(error_of(field(R"({"properties":{}})"), text).reason(), "can't merge a non-object mapping [f] with an object mapping");
  EXPECT_EQ(error_of(field(R"({"type":"long"})"), field(R"({"properties":{}})")).reason(),
            "can't merge a non-object mapping [f] with an object mapping");
  EXPECT_EQ(error_of(field(R"({"type":"object","enabled":false})"), field(R"({"type":"object"})")).reason(),
            "the [enabled] parameter can't be updated for the object mapping [f]");
  EXPECT_TRUE(merge(make(field(R"({"type":"text","norms":true})")), field(R"({"type":"text","norms":false})")));
  EXPECT_FALSE(merge(make(field(R"({"type":"text","norms":false})")), field(R"({"type":"text"})")));
  EXPECT_EQ(merge(make(field(R"({"type":"keyword","ignore_above":5})")), field(R"({"type":"keyword","ignore_above":9})"))
                .value()
                ->find("f")
                ->ignore_above,
            9);
}

TEST(MappingTest, ParseErrorsCarryTheirCause) {
  const auto error = error_of(field(R"({"type":"nope"})"));
  EXPECT_EQ(error.code(), ErrorCode::kMapperParsing);
  EXPECT_EQ(error.reason(), "Failed to parse mapping: No handler for type [nope] declared on field [f]");
  EXPECT_EQ(error.cause()->reason(), "No handler for type [nope] declared on field [f]");
  const std::pair<const char*, const char*> kCases[] = {
      {R"({"type":"text","bla":1})", "unknown parameter [bla] on mapper [f] of type [text]"},
      {R"({"type":"long","analyzer":"english"})", "unknown parameter [analyzer] on mapper [f] of type [long]"},
      {R"({"type":"text","analyzer":"nope"})", "analyzer [nope] has not been configured in mappings"},
      {R"({"type":"text","analyzer":null})", "[analyzer] on mapper [f] of type [text] must not have a [null] value"},
      {R"({"type":"keyword","normalizer":"nope"})", "normalizer [nope] not found for field [f]"},
      {R"({"type":"text","index_options":"x"})",
       "Unknown value [x] for field [index_options] - accepted values are [positions, docs, freqs, offsets]"},
      {R"({"type":"keyword","index":"maybe"})", "Failed to parse value [maybe] as only [true] or [false] are allowed."},
      {R"({"analyzer":"english"})", "No type specified for field [f]"},
      {R"({"properties":{},"a":"b"})", "Mapping definition for [f] has unsupported parameters:  [a : b]"},
      {R"("text")", "Expected map for property [fields] on field [f] but got a class java.lang.String"},
      {R"({"type":"text","fields":{"x":{"type":"object"}}})", "Type [object] cannot be used in multi field"},
      {R"({"type":"text","fields":{"x":{"type":"keyword","copy_to":"y"}}})",
       "copy_to in multi fields is not allowed. Found the copy_to in field [x] which is within a multi field."},
      {R"({"type":"scaled_float"})", "Field [scaling_factor] is required"},
      {R"({"type":"scaled_float","scaling_factor":-1})", "[scaling_factor] must be a positive number, got [-1.0]"},
      {R"({"type":"date","format":"rrrr"})", "Invalid format: [rrrr]: Unknown pattern letter: r"},
  };
  for (const auto& [definition, reason] : kCases)
    EXPECT_EQ(error_of(field(definition)).reason(), base::format("Failed to parse mapping: {}", reason));
  EXPECT_EQ(error_of(R"({"_doc":{"properties":{}}})").reason(),
            "Failed to parse mapping: Root mapping definition has unsupported parameters:  [_doc : {properties={}}]");
  EXPECT_EQ(error_of(field(R"({"type":"integer","null_value":"x"})")).reason(),
            "Failed to parse mapping: Error parsing [null_value] on field [f]: For input string: \"x\"");
}

TEST(MappingTest, LimitsOfFieldsAndDepth) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += base::format(R"({}"f{}":{{"type":"long"}})", i == 0 ? "" : ",", i);
  EXPECT_EQ(error_of(base::format(R"({{"properties":{{{}}}}})", many)).reason(), "Limit of total fields [1000] has been exceeded");
  std::string path = "a";
  for (int i = 0; i < 19; ++i) path += ".a";
  EXPECT_TRUE(make(base::format(R"({{"properties":{{"{}":{{"type":"long"}}}}}})", path)));
  EXPECT_EQ(error_of(base::format(R"({{"properties":{{"{}.a":{{"type":"long"}}}}}})", path)).reason(),
            base::format("Limit of mapping depth [20] has been exceeded due to object field [{}]", path));
  const auto small = Mapping::empty(analyzers(), {.total_fields = 1, .depth = 20});
  EXPECT_FALSE(merge(small, R"({"properties":{"a":{"type":"text","fields":{"k":{"type":"keyword"}}}}})"));
}

TEST(MappingTest, HostileNestingEndsInAnError) {
  std::string name = "a";
  for (int i = 0; i < 5000; ++i) name += ".a";
  EXPECT_FALSE(merge(Mapping::empty(analyzers()), base::format(R"({{"properties":{{"{}":{{"type":"long"}}}}}})", name)));
}

TEST(SemanticTextMappingTest, TheDefaultEndpointIsKeptWithTheField) {
  const auto analyzers = AnalyzerRegistry::create({}).value();
  const auto update = base::JsonDocument::parse(R"({"properties":{"s":{"type":"semantic_text"}}})").value();
  const auto mapping = Mapping::empty(analyzers, {}, nullptr, "mine")->merge(update.root()).value();
  EXPECT_EQ(mapping->find("s")->semantic->inference_id, "mine");
  base::JsonWriter json;
  mapping->write_json(json);
  const auto stored = base::JsonDocument::parse(json.text()).value();
  const auto again = Mapping::empty(analyzers, {}, nullptr, "another")->merge(stored.root()).value();
  EXPECT_EQ(again->find("s")->semantic->inference_id, "mine");
}

TEST(MappingTest, ObjectsBelowAFlatOneAreFlattened) {
  const auto mapping = make(
      R"({"properties":{"m":{"properties":{"o":{"properties":{"p":{"type":"long"},"q":{"properties":{"r":{"type":"date"}}}}}},"subobjects":false}}})");
  EXPECT_EQ(shown(*mapping),
            R"({"properties":{"m":{"subobjects":false,"properties":{"o.p":{"type":"long"},"o.q.r":{"type":"date"}}}}})");
  EXPECT_NE(mapping->find("m.o.q.r"), nullptr);
  EXPECT_FALSE(mapping->is_object("m.o"));
  EXPECT_NE(merge(mapping, R"({"properties":{"m.o":{"type":"long"}}})").value()->find("m.o.p"), nullptr);
}

TEST(MappingTest, FlatObjectsRefuseWhatTheyCannotHold) {
  EXPECT_EQ(error_of(R"({"properties":{"m":{"type":"object","subobjects":false,"properties":{"o":{"type":"nested"}}}}})")
                .cause()
                ->reason(),
            "Tried to add nested object [o] to object [m] which does not support subobjects");
  EXPECT_EQ(error_of(R"({"properties":{"m":{"type":"nested","subobjects":false}}})").cause()->reason(),
            "Nested type [m] does not support [subobjects] parameter");
  EXPECT_EQ(error_of(R"({"properties":{"m":{"type":"object","subobjects":"auto"}}})").cause()->reason(),
            "unknown subobjects value: auto");
  EXPECT_EQ(error_of(R"({"properties":{"m":{"type":"object","subobjects":true}}})",
                     R"({"properties":{"m":{"type":"object","subobjects":false}}})")
                .reason(),
            "the [subobjects] parameter can't be updated for the object mapping [m]");
  EXPECT_NE(error_of(R"({"subobjects":false,"properties":{"o":{"enabled":false,"properties":{"p":{"type":"long"}}}}})")
                .reason()
                .find("Auto-flattening [o] failed because the value of [enabled]"),
            std::string::npos);
}

}  // namespace
}  // namespace selene::index
