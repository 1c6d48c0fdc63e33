#include <gtest/gtest.h>

#include "search/query/query.h"

namespace selene::search {
namespace {

struct Refusal {
  const char* query;
  base::ErrorCode code;
  const char* reason;
};

class QueryErrorsTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(QueryErrorsTest, SaysWhatElasticsearchSays) {
  const auto document = base::JsonDocument::parse(GetParam().query);
  ASSERT_TRUE(document.has_value());
  QueryParser parser{&*document, 0};
  const auto query = parse_query(parser, document->root());
  ASSERT_FALSE(query.has_value()) << GetParam().query;
  EXPECT_EQ(query.error().code(), GetParam().code);
  EXPECT_EQ(query.error().reason(), GetParam().reason);
}

constexpr auto kParsing = base::ErrorCode::kParsing;
constexpr auto kIllegal = base::ErrorCode::kIllegalArgument;
constexpr auto kXContent = base::ErrorCode::kXContentParse;

INSTANTIATE_TEST_SUITE_P(
    All, QueryErrorsTest,
    ::testing::Values(
        Refusal{R"({"foo":{}})", kParsing, "unknown query [foo]"},
        Refusal{R"({"mach":{}})", kParsing, "unknown query [mach] did you mean [match]?"},
        Refusal{R"({})", kIllegal, "query malformed, empty clause found"},
        Refusal{R"([1])", kParsing, "[_na] query malformed, must start with start_object"},
        Refusal{R"({"match":"fox"})", kParsing, "[match] query malformed, no start_object after query name"},
        Refusal{R"({"match":{"t":"fox"},"term":{"t":"a"}})", kParsing,
                "[match] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"},
        Refusal{R"({"match":{"t":{"query":"fox","foo":1}}})", kParsing, "[match] query does not support [foo]"},
        Refusal{R"({"match":{"t":"a","u":"b"}})", kParsing, "[match] query doesn't support multiple fields, found [t] and [u]"},
        Refusal{R"({"match":{"t":null}})", kIllegal, "[match] requires query value"},
        Refusal{R"({"match":{"t":["a"]}})", kParsing, "[match] unknown token [START_ARRAY] after [t]"},
        Refusal{R"({"match":{}})", kIllegal, "[match] requires fieldName"},
        Refusal{R"({"match_phrase":{"t":{"query":"a","fuzziness":1}}})", kParsing,
                "[match_phrase] query does not support [fuzziness]"},
        Refusal{R"({"term":{"t":["a"]}})", kParsing, "[term] query does not support array of values"},
        Refusal{R"({"term":{"t":{"value":"a","fuss":1}}})", kParsing, "[term] query does not support [fuss]"},
        Refusal{R"({"terms":{"t":"a"}})", kParsing, "[terms] query does not support [t]"},
        Refusal{R"({"range":{"n":{"above":3}}})", kParsing, "[range] query does not support [above]"},
        Refusal{R"({"range":{"n":3}})", kParsing, "[range] query does not support [n]"},
        Refusal{R"({"bool":{"foo":[]}})", kXContent, "[1:16] [bool] unknown field [foo]"},
        Refusal{R"({"bool":{"must":3}})", kParsing, "[_na] query malformed, must start with start_object"},
        Refusal{R"({"exists":{}})", kParsing, "[exists] must be provided with a [field]"},
        Refusal{R"({"ids":{"value":[]}})", kXContent, "[1:17] [ids] unknown field [value] did you mean [values]?"},
        Refusal{R"({"constant_score":{}})", kParsing, "[constant_score] requires a 'filter' element"},
        Refusal{R"({"dis_max":{"queries":[]}})", kParsing, "[dis_max] requires 'queries' field with at least one clause"},
        Refusal{R"({"multi_match":{"query":"a","feelds":["t"]}})", kParsing,
                "[multi_match] unknown token [START_ARRAY] after [feelds]"},
        Refusal{R"({"multi_match":{"fields":["t"]}})", kParsing, "No text specified for multi_match query"},
        Refusal{R"({"match_all":{"boost":"high"}})", kIllegal,
                "Failed to parse float value for [boost]: expected float but was [high]"}));

TEST(QueryParseTest, NestingIsLimited) {
  const auto nested = [](int depth) {
    std::string text = R"({"match_all":{}})";
    for (int i = 1; i < depth; ++i) text = R"({"bool":{"must":[)" + text + "]}}";
    const auto document = base::JsonDocument::parse(text);
    QueryParser parser{&*document, 0};
    return parse_query(parser, document->root());
  };
  EXPECT_TRUE(nested(30).has_value());
  const auto too_deep = nested(31);
  ASSERT_FALSE(too_deep.has_value());
  EXPECT_EQ(too_deep.error().reason(),
            "The nested depth of the query exceeds the maximum nested depth for bool queries set in "
            "[indices.query.bool.max_nested_depth]");
}

TEST(QueryParseTest, ClausesAreCounted) {
  std::string text = R"({"bool":{"should":[{"match_all":{}})";
  for (int i = 0; i < 4096; ++i) text += R"(,{"match_all":{}})";
  text += "]}}";
  const auto document = base::JsonDocument::parse(text);
  QueryParser parser{&*document, 0};
  const auto query = parse_query(parser, document->root());
  ASSERT_FALSE(query.has_value());
  EXPECT_EQ(query.error().code(), base::ErrorCode::kTooManyClauses);
}

}  // namespace
}  // namespace selene::search
