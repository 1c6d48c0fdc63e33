#include "search/script/script.h"

#include <gtest/gtest.h>

#include <cmath>

#include "index/analysis/analyzer_registry.h"
#include "search/script/script_functions.h"
#include "search/script/script_runner.h"

namespace selene::search {
namespace {

/// A segment without documents: for scripts that read none.
class EmptySegment final : public index::SegmentReader {
 public:
  std::string_view name() const override { return "empty"; }
  index::DocId max_doc() const override { return 0; }
  const index::FieldTerms* terms(std::string_view) const override { return nullptr; }
  const index::NumericDocValues* numbers(std::string_view) const override { return nullptr; }
  const index::KeywordDocValues* keywords(std::string_view) const override { return nullptr; }
  const std::vector<index::DocId>* docs_with_field(std::string_view) const override { return nullptr; }
  std::string_view id(index::DocId) const override { return {}; }
  std::optional<index::DocId> find_id(std::string_view) const override { return std::nullopt; }
  int64_t seq_no(index::DocId) const override { return 0; }
  int64_t size_bytes() const override { return 0; }
};

base::Result<ScriptValue> run(std::string_view body, float score = 0) {
  const auto json = base::JsonDocument::parse(body);
  ASSIGN_OR_RETURN(const auto script, Script::parse(json->root()));
  const auto mapping = index::Mapping::empty(index::AnalyzerRegistry::create({}).value());
  const EmptySegment segment;
  return ScriptRunner(*script, *mapping, segment, "i").run(0, score);
}
/// The type and the value: "long 3".
std::string value_of(std::string_view source, float score = 0) {
  const ScriptValue value =
      run(base::format(R"({{"source":"{}","params":{{"a":[1,2.5,"x"],"m":{{"k":3}}}}}})", source), score).value();
  switch (value.index()) {
    case 1: return base::format("long {}", std::get<int64_t>(value));
    case 2: return base::format("double {}", std::get<double>(value));
    case 3: return std::get<bool>(value) ? "true" : "false";
    case 4: return "text " + std::get<std::string>(value);
    default: return "other";
  }
}
std::string refusal(std::string_view source) {
  const auto json = base::JsonDocument::parse(base::format(R"("{}")", source));
  const auto script = Script::parse(json->root());
  EXPECT_FALSE(script) << source;
  return script || script.error().cause() == nullptr ? "" : script.error().cause()->reason();
}

TEST(ScriptTest, NumbersFollowJava) {
  EXPECT_EQ(value_of("7 / 2"), "long 3");
  EXPECT_EQ(value_of("-7 % 3"), "long -1");
  EXPECT_EQ(value_of("7 / 2.0"), "double 3.5");
  EXPECT_EQ(value_of("1 + 2 * 3 - 4"), "long 3");
  EXPECT_EQ(value_of("(1 + 2) * 3"), "long 9");
  EXPECT_EQ(value_of("1 / (1 + 0.25)"), "double 0.8");
  EXPECT_EQ(value_of("9223372036854775807 + 1"), "long -9223372036854775808");
  EXPECT_EQ(value_of("(long) 3.9 + 2e1"), "double 23");
  EXPECT_FALSE(run(R"("1 / 0")"));
}

TEST(ScriptTest, LengthsAndPlacesOfTextsCountUtf16Units) {
  EXPECT_EQ(value_of("'Zürich'.length()"), "long 6");
  EXPECT_EQ(value_of("'\U0001F600!'.indexOf('!')"), "long 2");
}

TEST(ScriptTest, ConditionsAndStatements) {
  EXPECT_EQ(value_of("1 < 2 && 2 <= 2 || false"), "true");
  EXPECT_EQ(value_of("!(1 == 1.0) ? 'yes' : 'no'"), "text no");
  EXPECT_EQ(value_of("double x = 2; x = x * x; return x + 1;"), "double 5");
  EXPECT_EQ(value_of("int i = 1; if (i > 3) { return 1 } else if (i > 0) { i = 7 } i + 1"), "long 8");
  EXPECT_EQ(value_of("/* a */ 1 // b"), "long 1");
  EXPECT_EQ(value_of("_score * 2", 1.5F), "double 3");
}

TEST(ScriptTest, ParamsAreReadByNameAndNumber) {
  EXPECT_EQ(value_of("params.a[1] + params['m'].k"), "double 5.5");
  EXPECT_EQ(value_of("params.a.size() + params.a.length"), "long 6");
  EXPECT_EQ(value_of("params.a[2] == 'x' && params.m.containsKey('k') && params.none == null"), "true");
  EXPECT_FALSE(run(R"({"source":"params.a[9]","params":{"a":[1]}})"));
}

TEST(ScriptTest, FunctionsGiveWhatElasticsearchDocuments) {
  EXPECT_EQ(value_of("saturation(9, 1)"), "double 0.9");
  EXPECT_EQ(value_of("sigmoid(2, 2, 3)"), "double 0.5");
  EXPECT_EQ(value_of("Math.max(1, 2) + Math.abs(-3)"), "long 5");
  EXPECT_EQ(value_of("Math.sqrt(16)"), "double 4");
  EXPECT_EQ(value_of("decayNumericLinear(10, 4, 1, 0.5, 15)"), "double 0.5");
  EXPECT_NEAR(decay_at(DecayShape::kGauss, 4, 4, 0.3), 0.3, 1e-12);
  EXPECT_NEAR(decay_at(DecayShape::kExp, 4, 4, 0.3), 0.3, 1e-12);
  // The literal form of vector stores: a missing vector field fails, the form parses.
  EXPECT_FALSE(run(
      R"({"source":"double value = dotProduct(params.query_vector, 'f');\nreturn sigmoid(1, Math.E, -value);","params":{"query_vector":[1]}})"));
}

TEST(ScriptTest, VectorsAreCompared) {
  const std::vector<float> a = {1, 2, 2};
  const std::vector<float> b = {2, 0, 1};
  EXPECT_DOUBLE_EQ(dot_product(a, b), 4);
  EXPECT_DOUBLE_EQ(cosine_similarity(a, b), 4 / (3 * std::sqrt(5.0)));
  EXPECT_DOUBLE_EQ(l1_norm(a, b), 4);
  EXPECT_DOUBLE_EQ(l2_norm(a, b), std::sqrt(6.0));
  EXPECT_DOUBLE_EQ(hamming_distance(std::vector<float>{3, -1}, std::vector<float>{1, 0}), 9);
}

TEST(ScriptTest, RefusalsNameTheCause) {
  EXPECT_EQ(refusal("foo + 1"), "cannot resolve symbol [foo]");
  EXPECT_EQ(refusal("1 +"), "unexpected end of script.");
  EXPECT_EQ(refusal("nope(1)"), "Unknown call [nope] with [1] arguments.");
  EXPECT_EQ(refusal("Math.nope(1)"), "static method [java.lang.Math, nope/1] not found");
  EXPECT_EQ(refusal("while (true) {}"), "[while] is not supported: scripts are expressions without loops");
  EXPECT_EQ(refusal("double x = 1; double x = 2;"), "variable [x] is already defined in the scope");
  EXPECT_FALSE(refusal("1 2").empty());
  EXPECT_FALSE(refusal("'open").empty());
  EXPECT_FALSE(refusal("#").empty());
}

TEST(ScriptTest, HostileSourcesAreRefused) {
  EXPECT_FALSE(refusal(std::string(5000, '(')).empty());
  EXPECT_FALSE(refusal(std::string(5000, '!') + "true").empty());
  EXPECT_FALSE(refusal(std::string(5000, '-') + "1").empty());
  std::string chain = "1";
  for (int i = 0; i < 4000; ++i) chain += "+1";
  EXPECT_FALSE(refusal(chain).empty());
  const auto json = base::JsonDocument::parse("\"" + std::string(20'000, '1') + "\"");
  EXPECT_FALSE(Script::parse(json->root()));
}

}  // namespace
}  // namespace selene::search
