#include "index/analysis/analyzer_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <thread>

#include "index/analysis/analysis_test_support.h"

namespace selene::index {
namespace {

using testing::ElementsAre;

std::string error_of(std::string_view analysis) {
  const auto result = analyzer_of(analysis, "a");
  return result ? "" : result.error().reason();
}

TEST(AnalyzerRegistryTest, StandardLowersAndKeepsStopWords) {
  EXPECT_THAT(describe(analyze("", "standard", "The QUICK foxes")), ElementsAre("the@0[0-3]", "quick@1[4-9]", "foxes@2[10-15]"));
  EXPECT_THAT(terms_of(analyze("", "standard", "ÄÖÜ İI ẞ Ⱥ ΣΑΣ")), ElementsAre("äöü", "ii", "ß", "ⱥ", "σασ"));
}

TEST(AnalyzerRegistryTest, EnglishIsPossessiveLowerStopPorter) {
  EXPECT_THAT(describe(analyze("", "english", "The runner's running of the Moon")),
              ElementsAre("runner@1[4-12]", "run@2[13-20]", "moon@5[28-32]"));
  EXPECT_THAT(terms_of(analyze("", "english", "children\u2019s FOXES' archaeology ably")),
              ElementsAre("children", "fox", "archaeolog", "abli"));
}

TEST(AnalyzerRegistryTest, PositionsBehindTrailingStopWordsCount) {
  EXPECT_EQ(analyze("", "english", "moon of the").num_positions(), 3U);
  EXPECT_EQ(analyze("", "standard", "moon of the").num_positions(), 3U);
}

TEST(AnalyzerRegistryTest, OtherBuiltInAnalyzers) {
  EXPECT_THAT(terms_of(analyze("", "simple", "It's 5 o'CLOCK")), ElementsAre("it", "s", "o", "clock"));
  EXPECT_THAT(terms_of(analyze("", "whitespace", " a-B\tc\u00A0d\u3000e ")), ElementsAre("a-B", "c\u00A0d", "e"));
  EXPECT_THAT(describe(analyze("", "keyword", "New York")), ElementsAre("New York@0[0-8]"));
  EXPECT_THAT(describe(analyze("", "stop", "the quick AND dead")), ElementsAre("quick@1[4-9]", "dead@3[14-18]"));
  EXPECT_EQ(analyzer_of("", "nosuch").value(), nullptr);
}

TEST(AnalyzerRegistryTest, BuiltInTypesTakeSettings) {
  EXPECT_THAT(
      terms_of(analyze(R"({"analyzer":{"a":{"type":"standard","stopwords":["x","y"],"max_token_length":2}}})", "a", "x abc y")),
      ElementsAre("ab", "c"));
  EXPECT_THAT(terms_of(analyze(R"({"analyzer":{"a":{"type":"standard","stopwords":"_english_"}}})", "a", "the moon")),
              ElementsAre("moon"));
  EXPECT_THAT(terms_of(analyze(R"({"analyzer":{"a":{"type":"english","stem_exclusion":["running"],"stopwords":"_none_"}}})", "a",
                               "the running jumping")),
              ElementsAre("the", "running", "jump"));
}

TEST(AnalyzerRegistryTest, CustomChainRunsInOrder) {
  EXPECT_THAT(describe(analyze(R"({"char_filter":{"m":{"type":"mapping","mappings":["& => and"]}},
                                   "filter":{"s":{"type":"stop","stopwords":["and"]}},
                                   "analyzer":{"a":{"type":"custom","tokenizer":"whitespace","char_filter":["m"],"filter":["lowercase","s"]}}})",
                               "a", "Cats & Dogs")),
              ElementsAre("cats@0[0-4]", "dogs@2[7-11]"));
  EXPECT_THAT(terms_of(analyze(R"({"analyzer":{"a":{"tokenizer":"keyword","filter":"lowercase, reverse"}}})", "a", "Abc")),
              ElementsAre("cba"));
  EXPECT_THAT(
      terms_of(analyze(
          R"({"analyzer":{"a":{"tokenizer":{"type":"ngram","min_gram":2},"filter":["lowercase",{"type":"stop","stopwords":["ab"]}]}}})",
          "a", "ABC")),
      ElementsAre("bc"));
}

TEST(AnalyzerRegistryTest, ErrorsNameTheEntry) {
  EXPECT_EQ(error_of(R"({"analyzer":{"a":{"type":"custom"}}})"), "Custom Analyzer [a] must be configured with a tokenizer");
  EXPECT_EQ(error_of(R"({"analyzer":{"a":{"tokenizer":"nope"}}})"),
            "Custom Analyzer [a] failed to find tokenizer under name [nope]");
  EXPECT_EQ(error_of(R"({"analyzer":{"a":{"tokenizer":"standard","filter":["nope"]}}})"),
            "Custom Analyzer [a] failed to find filter under name [nope]");
  EXPECT_EQ(error_of(R"({"analyzer":{"a":{"type":"nope"}}})"), "Unknown analyzer type [nope] for [a]");
  EXPECT_EQ(error_of(R"({"analyzer":{"a":{}}})"), "analyzer [a] must specify either an analyzer type, or a tokenizer");
  EXPECT_EQ(error_of(R"({"filter":{"f":{"type":"nope"}},"analyzer":{"a":{"tokenizer":"standard","filter":"f"}}})"),
            "Unknown filter type [nope] for [f]");
  EXPECT_EQ(error_of(R"({"tokenizer":{"t":{"type":"ngram","min_gram":1,"max_gram":5}},"analyzer":{"a":{"tokenizer":"t"}}})"),
            "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [1] but was [4]. This "
            "limit can be set by "
            "changing the [index.max_ngram_diff] index level setting.");
  EXPECT_EQ(error_of(R"({"normalizer":{"n":{"filter":["stop"]}}})"), "Custom normalizer [n] may not use filter [stop]");
}

TEST(AnalyzerRegistryTest, NormalizersGiveOneTerm) {
  const auto json = base::JsonDocument::parse(R"({"normalizer":{"n":{"type":"custom","filter":["lowercase","asciifolding"]}}})");
  const auto registry = AnalyzerRegistry::create(json->root()).value();
  TokenBuffer tokens;
  registry->find_normalizer("n")->analyze("Über Straße", tokens);
  EXPECT_THAT(terms_of(tokens), ElementsAre("uber strasse"));
  registry->find_normalizer("lowercase")->analyze("A B", tokens);
  EXPECT_THAT(terms_of(tokens), ElementsAre("a b"));
  EXPECT_EQ(registry->find_normalizer("nope"), nullptr);
}

TEST(AnalyzerRegistryTest, AnyBytesAnyChainStaysAlive) {
  const auto json = base::JsonDocument::parse(R"({"analyzer":{
      "a":{"tokenizer":"standard","char_filter":["html_strip"],"filter":["lowercase","asciifolding","snowball","shingle","trim","unique","reverse"]},
      "b":{"tokenizer":"ngram","filter":["edge_ngram","porter_stem","uppercase"]},
      "c":{"tokenizer":"path_hierarchy","filter":["ngram"]},"d":{"tokenizer":"pattern"}}})");
  const auto registry = AnalyzerRegistry::create(json->root()).value();
  rc::check("no crash, offsets inside the text", [&] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::character<char>(), rc::gen::element('<', '>', '&', ';', 'a', 'y', '/', '\xC3', '\xA9')));
    for (const std::string_view name : {"a", "b", "c", "d", "english", "stop", "whitespace", "keyword"}) {
      TokenBuffer tokens;
      registry->find(name)->analyze(text, tokens);
      for (const auto& token : tokens.tokens()) {
        RC_ASSERT(token.start_offset <= token.end_offset);
        RC_ASSERT(token.end_offset <= text.size());
      }
    }
  });
}

TEST(AnalyzerRegistryTest, ThreadsShareAnAnalyzer) {
  const auto analyzer = analyzer_of("", "english").value();
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      TokenBuffer tokens;
      for (int k = 0; k < 200; ++k) {
        analyzer->analyze("Überraschende résumés of 東京 running 💩", tokens);
        if (terms_of(tokens) != std::vector<std::string>{"überraschend", "résumé", "東", "京", "run", "💩"}) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace selene::index
