#include "index/mapping/document_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "base/json/json_writer.h"

namespace selene::index {
namespace {

using base::ErrorCode;
using testing::ElementsAre;

std::shared_ptr<const Mapping> make(std::string_view mappings) {
  const auto empty = Mapping::empty(AnalyzerRegistry::create({}).value());
  return empty->merge(base::JsonDocument::parse(mappings)->root()).value();
}
std::shared_ptr<const Mapping> fields(std::string_view properties) {
  return make(base::format(R"({{"properties":{{{}}}}})", properties));
}

struct Parsed {
  std::vector<std::string> values;  ///< "name=text" or "name=number"
  std::vector<std::string> ignored;
  std::string dynamic_update;
};
Parsed parse(const std::shared_ptr<const Mapping>& mapping, std::string_view source) {
  const auto json = base::JsonDocument::parse(source);
  const auto document = parse_document(json.value(), "1", mapping).value();
  Parsed parsed{{}, document.ignored, document.dynamic_update};
  for (const FieldValue& value : document.values) {
    const FieldType type = value.field->type;
    const bool text = type == FieldType::kText || type == FieldType::kKeyword;
    parsed.values.push_back(value.field->name + "=" +
                            (text                ? std::string(value.text)
                             : is_floating(type) ? base::format("{}", decode_number(*value.field, value.number))
                                                 : std::to_string(value.number)));
  }
  return parsed;
}
base::Error error_of(const std::shared_ptr<const Mapping>& mapping, std::string_view source) {
  const auto json = base::JsonDocument::parse(source);
  return parse_document(json.value(), "1", mapping).error();
}

TEST(SortableTest, KeepsOrderOfDoubles) {
  const double kValues[] = {-INFINITY, -1e300, -1.5, -1e-300, 0.0, 1e-300, 1.5, 1e300, INFINITY};
  for (size_t i = 1; i < std::size(kValues); ++i) EXPECT_LT(encode_sortable(kValues[i - 1]), encode_sortable(kValues[i]));
  for (const double value : kValues) EXPECT_EQ(decode_sortable(encode_sortable(value)), value);
}

TEST(DocumentParserTest, ValuesOfEachType) {
  const auto mapping = fields(
      R"("t":{"type":"text"},"k":{"type":"keyword"},"l":{"type":"long"},"i":{"type":"integer"},"s":{"type":"short"},"y":{"type":"byte"},
      "d":{"type":"double"},"f":{"type":"float"},"h":{"type":"half_float"},"c":{"type":"scaled_float","scaling_factor":100},"u":{"type":"unsigned_long"},
      "b":{"type":"boolean"},"w":{"type":"date"})");
  EXPECT_THAT(
      parse(
          mapping,
          R"({"t":"a \u00e9","k":"x","l":9223372036854775807,"i":-5,"s":7,"y":-128,"d":1e-3,"f":0.1,"h":0.1,"c":1.239,"u":18446744073709551615,
                                 "b":true,"w":"2024-02-29T12:00:00.5+01:00"})")
          .values,
      ElementsAre("t=a é", "k=x", "l=9223372036854775807", "i=-5", "s=7", "y=-128", "d=0.001", "f=0.10000000149011612",
                  "h=0.0999755859375", "c=1.24", "u=9223372036854775807", "b=1", "w=1709204400500"));
  EXPECT_THAT(
      parse(mapping,
            R"({"t":[1,2.50,true,null,["x"]],"k":-1e3,"l":["5",5.7,"5.9"],"i":"-0.5","d":"1e2","b":["false",""],"w":[12345,2000]})")
          .values,
      ElementsAre("t=1", "t=2.50", "t=true", "t=x", "k=-1e3", "l=5", "l=5", "l=5", "i=0", "d=100", "b=0", "b=0", "w=12345",
                  "w=946684800000"));
  EXPECT_EQ(parse(mapping, R"({"l":"9007199254740993"})").values[0], "l=9007199254740993");
}

TEST(DocumentParserTest, ScalarErrorsAreElasticsearchs) {
  const auto mapping = fields(
      R"("n":{"type":"integer"},"l":{"type":"long"},"y":{"type":"byte"},"f":{"type":"float"},"h":{"type":"half_float"},"b":{"type":"boolean"},
      "d":{"type":"date"},"e":{"type":"date","format":"yyyy-MM-dd"},"t":{"type":"text"},"strict":{"type":"integer","coerce":false})");
  struct Case {
    const char* source;
    const char* reason;
    ErrorCode code;
    const char* cause;
  };
  const Case kCases[] = {
      {R"({"n":"x"})", "[1:6] failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: 'x'",
       ErrorCode::kNumberFormat, "For input string: \"x\""},
      {R"({"n":""})", "[1:6] failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: ''",
       ErrorCode::kNumberFormat, "empty String"},
      {R"({"l":"x"})", "[1:6] failed to parse field [l] of type [long] in document with id '1'. Preview of field's value: 'x'",
       ErrorCode::kIllegalArgument, "For input string: \"x\""},
      {R"({"n":3000000000})",
       "[1:6] failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: '3000000000'",
       ErrorCode::kIllegalArgument, "Value [3000000000] is out of range for an integer"},
      {R"({"l":9223372036854775808})",
       "[1:6] failed to parse field [l] of type [long] in document with id '1'. Preview of field's value: '9223372036854775808'",
       ErrorCode::kIllegalArgument, "Value [9223372036854775808] is out of range for a long"},
      {R"({"l":"1e999999999"})",
       "[1:6] failed to parse field [l] of type [long] in document with id '1'. Preview of field's value: '1e999999999'",
       ErrorCode::kIllegalArgument, "Value [1e999999999] is out of range for a long"},
      {R"({"y":[1,
   128]})",
       "[2:4] failed to parse field [y] of type [byte] in document with id '1'. Preview of field's value: '128'",
       ErrorCode::kIllegalArgument, "Value [128] is out of range for a byte"},
      {R"({"f":1e39})",
       "[1:6] failed to parse field [f] of type [float] in document with id '1'. Preview of field's value: '1.0E39'",
       ErrorCode::kIllegalArgument, "[float] supports only finite values, but got [Infinity]"},
      {R"({"h":70000})",
       "[1:6] failed to parse field [h] of type [half_float] in document with id '1'. Preview of field's value: '70000'",
       ErrorCode::kIllegalArgument, "[half_float] supports only finite values, but got [70000.0]"},
      {R"({"n":{"a":1}})",
       "[1:12] failed to parse field [n] of type [integer] in document with id '1'. Preview of field's value: '{a=1}'",
       ErrorCode::kIllegalArgument, "Cannot parse object as number"},
      {R"({"b":"yes"})",
       "[1:6] failed to parse field [b] of type [boolean] in document with id '1'. Preview of field's value: 'yes'",
       ErrorCode::kIllegalArgument, "Failed to parse value [yes] as only [true] or [false] are allowed."},
      {R"({"d":"2024-02-30"})",
       "[1:6] failed to parse field [d] of type [date] in document with id '1'. Preview of field's value: '2024-02-30'",
       ErrorCode::kIllegalArgument,
       "failed to parse date field [2024-02-30] with format [strict_date_optional_time||epoch_millis]"},
      {R"({"t":{"a":1}})",
       "[1:12] failed to parse field [t] of type [text] in document with id '1'. Preview of field's value: '{a=1}'",
       ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at 1:6"},
      {R"({"strict":"5"})",
       "[1:11] failed to parse field [strict] of type [integer] in document with id '1'. Preview of field's value: '5'",
       ErrorCode::kIllegalArgument, "Integer value passed as String"},
      {R"({"strict":5.5})",
       "[1:11] failed to parse field [strict] of type [integer] in document with id '1'. Preview of field's value: '5.5'",
       ErrorCode::kIllegalArgument, "5.5 cannot be converted to Integer without data loss"},
  };
  for (const Case& c : kCases) {
    const auto error = error_of(mapping, c.source);
    EXPECT_EQ(error.code(), ErrorCode::kDocumentParsing);
    EXPECT_EQ(error.reason(), c.reason);
    ASSERT_NE(error.cause(), nullptr);
    EXPECT_EQ(error.cause()->code(), c.code) << c.source;
    EXPECT_EQ(error.cause()->reason(), c.cause);
  }
  const auto date = error_of(mapping, R"({"d":"x"})");
  EXPECT_EQ(date.cause()->cause()->reason(), "Failed to parse with all enclosed parsers");
  EXPECT_EQ(date.cause()->cause()->code(), ErrorCode::kDateTimeParse);
  EXPECT_EQ(error_of(mapping, R"({"e":"2024-1"})").cause()->cause()->reason(), "Text '2024-1' could not be parsed at index 5");
}

TEST(DocumentParserTest, IgnoreMalformedAndIgnoreAbove) {
  const auto mapping =
      fields(R"("n":{"type":"integer","ignore_malformed":true},"k":{"type":"keyword","ignore_above":2},"a":{"type":"text"})");
  const Parsed parsed = parse(mapping, R"({"n":["x",1,"y"],"k":["éé","abc","💩","💩a"],"a":"b"})");
  EXPECT_THAT(parsed.values, ElementsAre("n=1", "k=éé", "k=💩", "a=b"));
  EXPECT_THAT(parsed.ignored, ElementsAre("k", "n"));
  EXPECT_EQ(error_of(mapping, R"({"n":{}})").code(), ErrorCode::kDocumentParsing);
}

TEST(DocumentParserTest, NullsAndNullValues) {
  const auto mapping = fields(
      R"("n":{"type":"integer","null_value":7},"k":{"type":"keyword","null_value":"NULL"},"t":{"type":"text","fields":{"k":{"type":"keyword","null_value":"none"}}})");
  EXPECT_THAT(parse(mapping, R"({"n":[null,1],"k":null,"t":null,"unknown":null})").values,
              ElementsAre("n=7", "n=1", "k=NULL", "t.k=none"));
}

TEST(DocumentParserTest, MultiFieldsCopyToAndDots) {
  const auto mapping = fields(
      R"("t":{"type":"text","copy_to":["all","o.x"],"fields":{"k":{"type":"keyword"}}},"all":{"type":"text"},"o":{"properties":{"x":{"type":"keyword"},"y":{"type":"long"}}})");
  EXPECT_THAT(parse(mapping, R"({"t":["a","b"],"o.y":1,"o":{"y":2}})").values,
              ElementsAre("t=a", "t.k=a", "all=a", "o.x=a", "t=b", "t.k=b", "all=b", "o.x=b", "o.y=1", "o.y=2"));
  EXPECT_THAT(parse(mapping, R"({"o":[{"y":1},{"y":[2,3]}]})").values, ElementsAre("o.y=1", "o.y=2", "o.y=3"));
}

TEST(DocumentParserTest, DynamicMappingByFirstValue) {
  const auto mapping = fields(R"("old":{"type":"long"})");
  EXPECT_EQ(parse(mapping, R"({"old":1})").dynamic_update, "");
  const Parsed parsed = parse(
      mapping,
      R"({"s":"x","i":1,"f":1.5,"b":false,"d":"2020-01-01","d2":"2020/01/01 10:00:00","n":"2020","z":null,"e":[],"arr":[null,2,3.5],
                                           "o":{"p":{"q":true}},"x.y":"1","empty":{}})");
  const auto merged = mapping->merge(base::JsonDocument::parse(parsed.dynamic_update)->root()).value();
  base::JsonWriter out;
  merged->write_json(out);
  const std::string text = R"({"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}})";
  EXPECT_EQ(
      out.text(),
      R"({"properties":{"arr":{"type":"long"},"b":{"type":"boolean"},"d":{"type":"date"},"d2":{"type":"date","format":"yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis"},)"
      R"("empty":{"type":"object"},"f":{"type":"float"},"i":{"type":"long"},"n":)" +
          text +
          R"(,"o":{"properties":{"p":{"properties":{"q":{"type":"boolean"}}}}},)"
          R"("old":{"type":"long"},"s":)" +
          text + R"(,"x":{"properties":{"y":)" + text + "}}}}");
}

TEST(DocumentParserTest, DetectionSettings) {
  EXPECT_EQ(
      parse(make(R"({"date_detection":false,"numeric_detection":true})"), R"({"a":"5","b":"5.5","c":"2020-01-01"})").dynamic_update,
      R"({"properties":{"a":{"type":"long"},"b":{"type":"float"},"c":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}}})");
  EXPECT_EQ(parse(make(R"({"dynamic_date_formats":["MM/dd/yyyy"]})"), R"({"a":"09/25/2015"})").dynamic_update,
            R"({"properties":{"a":{"type":"date","format":"MM/dd/yyyy"}}})");
}

TEST(DocumentParserTest, DynamicFalseStrictAndDisabledObjects) {
  const auto mapping = make(
      R"({"dynamic":"strict","properties":{"a":{"type":"object","dynamic":false,"properties":{"k":{"type":"keyword"}}},"off":{"enabled":false},
                                "o":{"type":"object","dynamic":"true"},"s":{"properties":{"x":{"type":"long"}}}}})");
  EXPECT_THAT(parse(mapping, R"({"a":{"k":"v","other":{"deep":1}},"off":{"x":[1,"a",{"y":2}]}})").values, ElementsAre("a.k=v"));
  EXPECT_EQ(parse(mapping, R"({"o":{"n":1},"off":5})").dynamic_update, R"({"properties":{"o.n":{"type":"long"}}})");
  const auto error = error_of(mapping, R"({"f":1})");
  EXPECT_EQ(error.code(), ErrorCode::kStrictDynamicMapping);
  EXPECT_EQ(error.reason(), "[1:6] mapping set to strict, dynamic introduction of [f] within [_doc] is not allowed");
  EXPECT_EQ(error_of(mapping, R"({"s":{"y":{}}})").reason(),
            "[1:11] mapping set to strict, dynamic introduction of [y] within [s] is not allowed");
  EXPECT_EQ(error_of(mapping, R"({"p.q":1})").reason(),
            "[1:8] mapping set to strict, dynamic introduction of [p] within [_doc] is not allowed");
}

TEST(DocumentParserTest, StructureErrors) {
  const auto mapping = fields(R"("t":{"type":"text"},"o":{"type":"object"})");
  EXPECT_EQ(error_of(mapping, R"({"o":5})").reason(),
            "[1:6] object mapping for [o] tried to parse field [o] as object, but found a concrete value");
  EXPECT_EQ(
      error_of(mapping, R"({"t.x":5})").reason(),
      "[1:8] Could not dynamically add mapping for field [t.x]. Existing mapping for [t] must be of type object but found [text].");
  EXPECT_EQ(error_of(mapping, R"({"":5})").reason(), "[1:5] failed to parse: field name cannot be an empty string");
  EXPECT_EQ(error_of(mapping, R"({"..":5})").reason(), "[1:7] failed to parse: field name cannot contain only dots");
  EXPECT_EQ(error_of(mapping, R"({" ":5})").reason(), "[1:6] failed to parse: Field name cannot contain only whitespace: [ ]");
  EXPECT_EQ(error_of(mapping, R"({"_id":"x"})").cause()->reason(),
            "[1:8] Field [_id] is a metadata field and cannot be added inside a document. Use the index API request parameters.");
  EXPECT_EQ(error_of(mapping, "[]").reason(), "[1:1] Malformed content, must start with an object");
  EXPECT_THAT(
      error_of(fields(R"("k":{"type":"keyword"})"), "{\"k\":\"" + std::string(32767, 'a') + "\"}").cause()->reason(),
      testing::StartsWith(
          "Document contains at least one immense term in field=\"k\" (whose UTF8 encoding is longer than the max length 32766)"));
}

TEST(DocumentParserTest, DynamicLimits) {
  std::string many;
  for (int i = 0; i < 501; ++i) many += base::format(R"({}"f{}":"x")", i == 0 ? "{" : ",", i);
  EXPECT_THAT(error_of(make("{}"), many + "}").reason(),
              testing::EndsWith("failed to parse: Limit of total fields [1000] has been exceeded while adding new fields [1002]"));
  std::string deep = "1";
  for (int i = 0; i < 30; ++i) deep = R"({"a":)" + deep + "}";
  EXPECT_THAT(error_of(make("{}"), deep).reason(),
              testing::HasSubstr("failed to parse: Limit of mapping depth [20] has been exceeded due to object field [a.a."));
}

TEST(DocumentParserTest, FieldAndObjectOfOneNameFailOnTheSecondParse) {
  const auto mapping = make("{}");
  for (const char* source : {R"({"a":[1,{"b":2}]})", R"({"a":[{"b":2},1]})"}) {
    const Parsed parsed = parse(mapping, source);
    const auto merged = mapping->merge(base::JsonDocument::parse(parsed.dynamic_update)->root()).value();
    EXPECT_EQ(error_of(merged, source).code(), ErrorCode::kDocumentParsing);
  }
}

// ---- random documents

rc::Gen<std::string> json_value(int depth) {
  const auto scalar = rc::gen::element<std::string>("1", "-2.5", "1e300", "\"x\"", "\"2020-01-01\"", "true", "null", "\"5\"",
                                                    "\"\"", "18446744073709551615");
  if (depth == 0) return scalar;
  const auto key = rc::gen::element<std::string>("a", "b", "c", "a.b", "n", "d", "o", ".", "x y", "_id");
  const auto array =
      rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::lazy([depth] { return json_value(depth - 1); })),
                   [](const std::vector<std::string>& v) {
                     std::string s = "[";
                     for (size_t i = 0; i < v.size() && i < 4; ++i) s += (i == 0 ? "" : ",") + v[i];
                     return s + "]";
                   });
  const auto object = rc::gen::map(
      rc::gen::container<std::map<std::string, std::string>>(key, rc::gen::lazy([depth] { return json_value(depth - 1); })),
      [](const std::map<std::string, std::string>& m) {
        std::string s = "{";
        for (const auto& [k, v] : m) s += (s.size() == 1 ? "\"" : ",\"") + k + "\":" + v;
        return s + "}";
      });
  return rc::gen::oneOf(scalar, array, object);
}

TEST(DocumentParserTest, RandomDocumentsParseOrFailCleanly) {
  const auto mapping =
      fields(R"("n":{"type":"integer","copy_to":"o.z"},"d":{"type":"date"},"o":{"properties":{"a":{"type":"keyword"}}})");
  rc::check("second parse needs no further update", [&] {
    const auto source = *rc::gen::resize(5, json_value(3));
    const auto json = base::JsonDocument::parse(source);
    if (!json) return;
    const auto first = parse_document(*json, "1", mapping);
    if (!first || first->dynamic_update.empty()) return;
    const auto update = base::JsonDocument::parse(first->dynamic_update);
    RC_ASSERT(update.has_value());
    const auto merged = mapping->merge(update->root());
    RC_ASSERT(merged.has_value());
    const auto second = parse_document(*json, "1", *merged);
    if (second) RC_ASSERT(second->dynamic_update.empty());
  });
}

TEST(DocumentParserTest, ObjectsOfAFlatObjectMakeNamesLonger) {
  const auto mapping = fields(
      R"("m":{"type":"object","subobjects":false,"properties":{"time":{"type":"long"},"time.max":{"type":"long"},"p":{"type":"flattened"}}})");
  EXPECT_THAT(parse(mapping, R"({"m":{"time":1,"time.max":2}})").values, ElementsAre("m.time=1", "m.time.max=2"));
  EXPECT_THAT(parse(mapping, R"({"m.time":1,"m.time.max":2})").values, ElementsAre("m.time=1", "m.time.max=2"));
  EXPECT_THAT(parse(mapping, R"({"m":[{"time":{"max":3}},{"time":[4,{"max":[5,null]}]}]})").values,
              ElementsAre("m.time.max=3", "m.time=4", "m.time.max=5"));
  EXPECT_EQ(parse(mapping, R"({"m":{"time":{"q":2},"n":null}})").dynamic_update, R"({"properties":{"m.time.q":{"type":"long"}}})");
  EXPECT_EQ(error_of(mapping, R"({"m":{"a":{"":1}}})").code(), ErrorCode::kDocumentParsing);
}

TEST(DocumentParserTest, FieldAndLongerNameOfOneDocumentBothBecomeFields) {
  const auto mapping = make(R"({"subobjects":false})");
  const std::string update = parse(mapping, R"({"a":1,"a.b":2,"c":{"d":{"e":true}}})").dynamic_update;
  const auto merged = mapping->merge(base::JsonDocument::parse(update)->root()).value();
  EXPECT_NE(merged->find("a"), nullptr);
  EXPECT_NE(merged->find("a.b"), nullptr);
  EXPECT_NE(merged->find("c.d.e"), nullptr);
  EXPECT_FALSE(merged->is_object("c"));
}

}  // namespace
}  // namespace selene::index
