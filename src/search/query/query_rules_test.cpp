#include "search/query/query_rules.h"

#include <gtest/gtest.h>

#include <map>

namespace selene::search {
namespace {

/// A parsed text that stays.
struct Parsed {
  explicit Parsed(std::string json) : text(std::move(json)) { EXPECT_TRUE(document.reparse(text).has_value()) << text; }
  std::string text;
  base::JsonDocument document;
  base::JsonValue root() const { return document.root(); }
};

bool rule_matches(const std::string& criteria, const std::string& given) {
  const Parsed rule(R"({"rule_id":"r","type":"pinned","criteria":)" + criteria + R"(,"actions":{"ids":["1"]}})");
  const auto parsed = QueryRule::parse("", rule.root());
  EXPECT_TRUE(parsed.has_value()) << (parsed.has_value() ? "" : parsed.error().reason());
  return parsed.has_value() && parsed->matches(Parsed(given).root());
}

bool fits(const std::string& type, const std::string& values, const std::string& given) {
  return rule_matches(R"([{"type":")" + type + R"(","metadata":"q","values":)" + values + "}]", R"({"q":)" + given + "}");
}

TEST(QueryRulesTest, CriteriaOfTextCompareTexts) {
  EXPECT_TRUE(fits("exact", R"(["moon"])", R"("moon")"));
  EXPECT_FALSE(fits("exact", R"(["moon"])", R"("moons")"));
  EXPECT_TRUE(fits("exact", R"(["sun","moon"])", R"("moon")"));
  EXPECT_TRUE(fits("prefix", R"(["mo"])", R"("moon")"));
  EXPECT_FALSE(fits("prefix", R"(["on"])", R"("moon")"));
  EXPECT_TRUE(fits("suffix", R"(["on"])", R"("moon")"));
  EXPECT_FALSE(fits("suffix", R"(["mo"])", R"("moon")"));
  EXPECT_TRUE(fits("contains", R"(["oo"])", R"("moon")"));
  EXPECT_FALSE(fits("contains", R"(["uu"])", R"("moon")"));
}

TEST(QueryRulesTest, FuzzyCriteriaNeedMoreThanHalfOfTheLetters) {
  EXPECT_TRUE(fits("fuzzy", R"(["moon"])", R"("noon")"));   // 1 - 1/4
  EXPECT_FALSE(fits("fuzzy", R"(["moon"])", R"("soot")"));  // 1 - 2/4
  EXPECT_FALSE(fits("fuzzy", R"(["moon"])", R"("stars")"));
}

TEST(QueryRulesTest, CriteriaOfNumbersCompareNumbers) {
  EXPECT_TRUE(fits("exact", "[5]", "5.0"));
  EXPECT_TRUE(fits("lt", "[5]", "4.9"));
  EXPECT_FALSE(fits("lt", "[5]", "5"));
  EXPECT_TRUE(fits("lte", "[5]", "5"));
  EXPECT_TRUE(fits("gt", R"(["5"])", R"("5.1")"));
  EXPECT_FALSE(fits("gt", "[5]", "5"));
  EXPECT_TRUE(fits("gte", "[5]", "5"));
  EXPECT_FALSE(fits("gte", "[5]", R"("many")"));
}

TEST(QueryRulesTest, AllCriteriaMustHold) {
  const std::string both = R"([{"type":"exact","metadata":"a","values":["1"]},{"type":"prefix","metadata":"b","values":["x"]}])";
  EXPECT_TRUE(rule_matches(both, R"({"a":"1","b":"xy"})"));
  EXPECT_FALSE(rule_matches(both, R"({"a":"1","b":"y"})"));
  EXPECT_FALSE(rule_matches(both, R"({"a":"1"})"));
  EXPECT_TRUE(rule_matches(R"([{"type":"always"}])", R"({"a":"1"})"));
  EXPECT_TRUE(rule_matches(R"({"type":"global"})", R"({"a":"1"})"));
}

/// Rulesets by id as `apply_query_rules` reads them.
DocumentLookup lookup_of(std::map<std::string, std::string> rulesets) {
  return [rulesets = std::move(rulesets)](std::string_view, std::string_view id) -> base::Result<std::optional<std::string>> {
    const auto found = rulesets.find(std::string(id));
    return found == rulesets.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string rule(const std::string& id, const std::string& type, const std::string& ids, const std::string& more = "") {
  return R"({"rule_id":")" + id + R"(","type":")" + type + R"(","criteria":{"type":"always"},"actions":{"ids":)" + ids + "}" +
         more + "}";
}

TEST(QueryRulesTest, RulesActByPriorityAndExclusionWins) {
  const DocumentLookup lookup = lookup_of({{"one", R"({"rules":[)" + rule("late", "pinned", R"(["3","1"])") + "," +
                                                       rule("early", "pinned", R"(["2","3"])", R"(,"priority":1)") + "]}"},
                                           {"two", R"({"rules":[)" + rule("out", "exclude", R"(["2","9"])") + "]}"}});
  const Parsed criteria(R"({"q":"x"})");
  const auto applied = apply_query_rules(lookup, {"one", "two"}, criteria.root());
  ASSERT_TRUE(applied.has_value());
  std::string pins;
  for (const PinnedDoc& doc : applied->pinned) pins += doc.id;
  EXPECT_EQ(pins, "31");
  ASSERT_EQ(applied->excluded.size(), 2U);
  const auto missing = apply_query_rules(lookup, {"none"}, criteria.root());
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kResourceNotFound);
}

TEST(QueryRulesTest, WhatIsWrongWithARuleIsSaid) {
  const auto reason = [](const std::string& body) {
    const Parsed parsed(body);
    const auto rule = QueryRule::parse("", parsed.root());
    return rule.has_value() ? std::string() : rule.error().reason();
  };
  EXPECT_EQ(reason("{}"), "Required [rule_id]");
  EXPECT_EQ(reason(R"({"rule_id":"r"})"), "query rule [r]: Required [type, criteria, actions]");
  EXPECT_EQ(reason(R"({"rule_id":"r","type":"hide"})"), "query rule [r]: type [hide] must be one of [pinned, exclude]");
  EXPECT_EQ(reason(R"({"rule_id":"r","criteria":{"type":"near"}})"), "query rule [r]: criteria type [near] is not supported");
  EXPECT_EQ(reason(R"({"rule_id":"r","criteria":{"type":"exact","values":["a"]}})"),
            "query rule [r]: criteria metadata cannot be blank");
  EXPECT_EQ(reason(R"({"rule_id":"r","criteria":{"type":"exact","metadata":"q"}})"),
            "query rule [r]: criteria values cannot be null or empty");
  EXPECT_EQ(reason(R"({"rule_id":"r","actions":{"ids":["1"],"docs":[]}})"),
            "query rule [r]: [actions] must hold either [ids] or [docs]");
  EXPECT_EQ(reason(R"({"rule_id":"r","actions":{"docs":[{"_index":"i"}]}})"), "query rule [r]: each of [docs] needs an [_id]");
  EXPECT_EQ(reason(R"({"rule_id":"r","foo":1})"), "[query_rule] unknown field [foo]");
}

TEST(QueryRulesTest, AWrittenRulesetReadsTheSame) {
  const std::string text =
      R"({"ruleset_id":"s","rules":[{"rule_id":"a","type":"pinned","criteria":[{"type":"exact","metadata":"q","values":["x",5]}],)"
      R"("actions":{"docs":[{"_index":"i","_id":"1"},{"_id":"2"}]},"priority":3},)"
      R"({"rule_id":"b","type":"exclude","criteria":[{"type":"always"}],"actions":{"ids":["7"]}}]})";
  const Parsed parsed(text);
  const auto ruleset = QueryRuleset::parse("s", parsed.root());
  ASSERT_TRUE(ruleset.has_value()) << ruleset.error().reason();
  base::JsonWriter out;
  ruleset->write(out);
  EXPECT_EQ(out.take(), text);
}

}  // namespace
}  // namespace selene::search
