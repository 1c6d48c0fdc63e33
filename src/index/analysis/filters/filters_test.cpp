#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/analysis/analysis_test_support.h"
#include "index/analysis/char_filters/html_strip_char_filter.h"
#include "index/analysis/filters/ascii_folding_filter.h"
#include "index/analysis/filters/porter_stemmer.h"

namespace selene::index {
namespace {

using testing::ElementsAre;

std::string stem(std::string word) {
  word.resize(porter_stem(word.data(), word.size()));
  return word;
}

TEST(PorterStemmerTest, StemsAsLucene) {
  const std::pair<const char*, const char*> kWords[] = {{"caresses", "caress"},
                                                        {"ponies", "poni"},
                                                        {"ties", "ti"},
                                                        {"cats", "cat"},
                                                        {"feed", "feed"},
                                                        {"agreed", "agre"},
                                                        {"plastered", "plaster"},
                                                        {"motoring", "motor"},
                                                        {"sing", "sing"},
                                                        {"conflated", "conflat"},
                                                        {"troubling", "troubl"},
                                                        {"sized", "size"},
                                                        {"hopping", "hop"},
                                                        {"falling", "fall"},
                                                        {"hissing", "hiss"},
                                                        {"failing", "fail"},
                                                        {"filing", "file"},
                                                        {"happy", "happi"},
                                                        {"sky", "sky"},
                                                        {"relational", "relat"},
                                                        {"conditional", "condit"},
                                                        {"valenci", "valenc"},
                                                        {"digitizer", "digit"},
                                                        {"conformabli", "conform"},
                                                        {"radicalli", "radic"},
                                                        {"vietnamization", "vietnam"},
                                                        {"operator", "oper"},
                                                        {"feudalism", "feudal"},
                                                        {"hopefulness", "hope"},
                                                        {"formaliti", "formal"},
                                                        {"sensibiliti", "sensibl"},
                                                        {"triplicate", "triplic"},
                                                        {"electrical", "electr"},
                                                        {"goodness", "good"},
                                                        {"revival", "reviv"},
                                                        {"allowance", "allow"},
                                                        {"adjustable", "adjust"},
                                                        {"replacement", "replac"},
                                                        {"adoption", "adopt"},
                                                        {"homologou", "homolog"},
                                                        {"effective", "effect"},
                                                        {"rate", "rate"},
                                                        {"cease", "ceas"},
                                                        {"controll", "control"},
                                                        {"roll", "roll"},
                                                        {"geology", "geologi"},
                                                        {"archaeology", "archaeolog"},
                                                        {"possibly", "possibl"},
                                                        {"is", "is"},
                                                        {"s", "s"},
                                                        {"yyyy", "yyyi"},
                                                        {"dying", "dy"},
                                                        {"eyes", "ey"}};
  for (const auto& [word, expected] : kWords) EXPECT_EQ(stem(word), expected) << word;
}

TEST(PorterStemmerTest, LongRunsOfYStayLinear) { EXPECT_EQ(stem(std::string(200000, 'y')).size(), 200000U); }

TEST(PorterStemmerTest, LettersBeyondAsciiCountOnce) {
  EXPECT_THAT(terms_of(run_chain("whitespace", R"(["porter_stem"])", "cafés naïveness")), ElementsAre("café", "naïv"));
}

TEST(FiltersTest, AsciiFolding) {
  EXPECT_EQ(fold_to_ascii("Ünïcödé ßæŒøł ﬁ ①⑩ ｆｕｌｌ “q” ế ǽ"), "Unicode ssaeOEol fi 110 full \"q\" e ae");
  EXPECT_EQ(fold_to_ascii("東京 ½ Москва"), "東京 ½ Москва");
  EXPECT_THAT(describe(run_chain("whitespace", R"([{"type":"asciifolding","preserve_original":true}])", "café b")),
              ElementsAre("cafe@0[0-4]", "café@0[0-4]", "b@1[5-6]"));
}

TEST(FiltersTest, SnowballAndStemmer) {
  EXPECT_THAT(terms_of(run_chain("standard", R"([{"type":"stemmer","language":"german"}])", "häuser")), ElementsAre("haus"));
  EXPECT_THAT(terms_of(run_chain("standard", R"([{"type":"stemmer","language":"french"}])", "continuellement")),
              ElementsAre("continuel"));
  EXPECT_THAT(terms_of(run_chain("standard", R"(["snowball"])", "generously")), ElementsAre("generous"));
  EXPECT_THAT(terms_of(run_chain("standard", R"([{"type":"stemmer","language":"english"}])", "generously")), ElementsAre("gener"));
  EXPECT_EQ(analyzer_of(R"({"analyzer":{"a":{"tokenizer":"standard","filter":[{"type":"stemmer","language":"klingon"}]}}})", "a")
                .error()
                .reason(),
            "Invalid stemmer class specified: klingon");
}

TEST(FiltersTest, KeywordMarkerShieldsFromStemmers) {
  EXPECT_THAT(
      terms_of(run_chain("standard", R"([{"type":"keyword_marker","keywords":"running"},"porter_stem"])", "running jumping")),
      ElementsAre("running", "jump"));
}

TEST(FiltersTest, TermShapes) {
  EXPECT_THAT(terms_of(run_chain("whitespace", R"([{"type":"length","min":2,"max":3}])", "a bb ccc dddd 💩")),
              ElementsAre("bb", "ccc", "💩"));
  EXPECT_THAT(terms_of(run_chain("whitespace", R"([{"type":"truncate","length":3}])", "abcde a💩💩")), ElementsAre("abc", "a💩"));
  EXPECT_THAT(terms_of(run_chain("keyword", R"(["trim"])", " \ta b\n ")), ElementsAre("a b"));
  EXPECT_THAT(terms_of(run_chain("whitespace", R"(["reverse"])", "ab é💩")), ElementsAre("ba", "💩é"));
  EXPECT_THAT(describe(run_chain("whitespace", R"(["unique"])", "a b a c")), ElementsAre("a@0[0-1]", "b@1[2-3]", "c@2[6-7]"));
  EXPECT_THAT(terms_of(run_chain("whitespace", R"(["uppercase"])", "straße é")), ElementsAre("STRAßE", "É"));
  EXPECT_THAT(terms_of(run_chain("standard", R"([{"type":"elision","articles":["l","d"]}])", "l'avion d\u2019or m'a")),
              ElementsAre("avion", "or", "m'a"));
  EXPECT_THAT(
      terms_of(run_chain("whitespace", R"x([{"type":"pattern_replace","pattern":"(\\d+)","replacement":"<$1>"}])x", "a12b3")),
      ElementsAre("a<12>b<3>"));
}

TEST(FiltersTest, Grams) {
  EXPECT_THAT(describe(run_chain("whitespace", R"(["ngram"])", "abc d")),
              ElementsAre("a@0[0-3]", "ab@0[0-3]", "b@0[0-3]", "bc@0[0-3]", "c@0[0-3]", "d@1[4-5]"));
  EXPECT_THAT(
      terms_of(run_chain("whitespace", R"([{"type":"edge_ngram","min_gram":2,"max_gram":3,"preserve_original":true}])", "a abcd")),
      ElementsAre("a", "ab", "abc", "abcd"));
}

TEST(FiltersTest, ShinglesFillHoles) {
  EXPECT_THAT(describe(run_chain("whitespace", R"(["shingle"])", "a b c")),
              ElementsAre("a@0[0-1]", "a b@0[0-3]", "b@1[2-3]", "b c@1[2-5]", "c@2[4-5]"));
  EXPECT_THAT(terms_of(run_chain("whitespace", R"([{"type":"stop","stopwords":"of"},{"type":"shingle","output_unigrams":false}])",
                                 "man of war")),
              ElementsAre("man _", "_ war"));
}

TEST(TokenizersTest, GramsOfTokenCharacters) {
  EXPECT_THAT(describe(analyze(
                  R"({"analyzer":{"a":{"tokenizer":{"type":"ngram","min_gram":2,"max_gram":2,"token_chars":["letter","digit"]}}}})",
                  "a", "ab1 c-d")),
              ElementsAre("ab@0[0-2]", "b1@1[1-3]"));
  EXPECT_THAT(describe(analyze(R"({"analyzer":{"a":{"tokenizer":"edge_ngram"}}})", "a", "Quick")),
              ElementsAre("Q@0[0-1]", "Qu@1[0-2]"));
}

TEST(TokenizersTest, PathsAndPatternsAndGroups) {
  EXPECT_THAT(describe(analyze(R"({"analyzer":{"a":{"tokenizer":"path_hierarchy"}}})", "a", "/one/two")),
              ElementsAre("/one@0[0-4]", "/one/two@1[0-8]"));
  EXPECT_THAT(
      terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"path_hierarchy","delimiter":"-","replacement":"/","skip":1}}}})",
                       "a", "one-two-three")),
      ElementsAre("/two", "/two/three"));
  EXPECT_THAT(terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"path_hierarchy","reverse":true}}}})", "a", "a/b/c")),
              ElementsAre("a/b/c", "b/c", "c"));
  EXPECT_THAT(describe(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"pattern","pattern":","}}}})", "a", "é,b,,c")),
              ElementsAre("é@0[0-1]", "b@1[2-3]", "c@2[5-6]"));
  EXPECT_THAT(
      terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"pattern","pattern":"'([^']+)'","group":1}}}})", "a", "x 'a' 'b'")),
      ElementsAre("a", "b"));
  EXPECT_THAT(
      terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"char_group","tokenize_on_chars":["whitespace","-","\\n"]}}}})",
                       "a", "a b-c")),
      ElementsAre("a", "b", "c"));
  EXPECT_THAT(terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":"lowercase"}}})", "a", "Ab1C")), ElementsAre("ab", "c"));
}

TEST(TokenizersTest, HostilePatternsEnd) {
  const std::string text = std::string(40, 'a') + "!";
  EXPECT_NO_FATAL_FAILURE(analyze(R"({"analyzer":{"a":{"tokenizer":{"type":"pattern","pattern":"(a+)+$"}}}})", "a", text));
  EXPECT_FALSE(analyzer_of(R"({"analyzer":{"a":{"tokenizer":{"type":"pattern","pattern":"("}}}})", "a"));
}

// As in Lucene, a token's end lies behind the markup that follows it.
TEST(CharFiltersTest, HtmlStripKeepsOffsets) {
  const char* kAnalysis = R"({"analyzer":{"a":{"tokenizer":"standard","char_filter":["html_strip"]}}})";
  EXPECT_THAT(describe(analyze(kAnalysis, "a", "<p>I&apos;m so <b>happy</b>!</p>")),
              ElementsAre("I'm@0[3-11]", "so@1[12-14]", "happy@2[18-27]"));
  EXPECT_EQ(HtmlStripCharFilter({}).apply("a<br>b<!-- c -->d<script>x<y</script>e &lt; &#233; &unknown; 1 < 2").text,
            "a\nbd\ne < é &unknown; 1 < 2");
  EXPECT_EQ(HtmlStripCharFilter({"b"}).apply("<i><b>x</b></i>").text, "<b>x</b>");
}

TEST(CharFiltersTest, MappingAndPatternReplace) {
  const char* kMapping = R"({"char_filter":{"m":{"type":"mapping","mappings":["ph => f",":) => _happy_","\\u00e4 => ae"]}},
                             "analyzer":{"a":{"tokenizer":"whitespace","char_filter":["m"]}}})";
  EXPECT_THAT(describe(analyze(kMapping, "a", "graph :) ä x")),
              ElementsAre("graf@0[0-5]", "_happy_@1[6-8]", "ae@2[9-10]", "x@3[11-12]"));
  const char* kPattern = R"x({"char_filter":{"m":{"type":"pattern_replace","pattern":"(\\d+)-(?=\\d)","replacement":"$1_"}},
                             "analyzer":{"a":{"tokenizer":"standard","char_filter":["m"]}}})x";
  EXPECT_THAT(terms_of(analyze(kPattern, "a", "123-456-789")), ElementsAre("123_456_789"));
}

}  // namespace
}  // namespace selene::index
