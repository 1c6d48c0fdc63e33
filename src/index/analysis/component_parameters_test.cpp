// What each documented parameter does, and the answer to a wrong value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/analysis/analysis_test_support.h"

namespace selene::index {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::string chain_error(std::string_view chain) {
  const auto result = analyzer_of(base::format(R"({{"analyzer":{{"a":{}}}}})", chain), "a");
  return result ? "" : result.error().reason();
}
std::string filter_error(std::string_view filter) {
  return chain_error(base::format(R"({{"tokenizer":"standard","filter":[{}]}})", filter));
}
std::string tokenizer_error(std::string_view tokenizer) { return chain_error(base::format(R"({{"tokenizer":{}}})", tokenizer)); }
std::vector<std::string> filtered(std::string_view filters, std::string_view text) {
  return terms_of(run_chain("whitespace", filters, text));
}
std::vector<std::string> tokenized(std::string_view tokenizer, std::string_view text) {
  return terms_of(analyze(base::format(R"({{"analyzer":{{"a":{{"tokenizer":{}}}}}}})", tokenizer), "a", text));
}

TEST(ComponentParametersTest, EdgeGramsStartAtTheSideThatWasAskedFor) {
  EXPECT_THAT(filtered(R"([{"type":"edge_ngram","side":"back","max_gram":3}])", "fox é"), ElementsAre("x", "ox", "fox", "é"));
  EXPECT_THAT(filtered(R"([{"type":"edge_ngram","side":"back","max_gram":1,"preserve_original":true}])", "fox"),
              ElementsAre("x", "fox"));
  EXPECT_EQ(filter_error(R"({"type":"edge_ngram","side":"left"})"), "invalid side: left");
}

TEST(ComponentParametersTest, GramsAreChangedOneByOne) {
  EXPECT_THAT(filtered(R"([{"type":"edge_ngram","max_gram":3},"reverse"])", "fox"), ElementsAre("f", "of", "xof"));
  EXPECT_THAT(filtered(R"([{"type":"ngram","min_gram":4,"max_gram":5},"kstem"])", "ponies"),
              ElementsAre("poni", "ponie", "onie", "ony", "ny"));
}

TEST(ComponentParametersTest, FiltersUsedByNameHaveTheirOwnDefaults) {
  EXPECT_THAT(filtered(R"(["edge_ngram"])", "fox"), ElementsAre("f"));
  EXPECT_THAT(filtered(R"([{"type":"edge_ngram"}])", "fox"), ElementsAre("f", "fo"));
  EXPECT_THAT(filtered(R"(["truncate"])", "abcdefghijkl"), ElementsAre("abcdefghij"));
  EXPECT_EQ(filter_error(R"({"type":"truncate"})"), "length parameter must be provided");
  EXPECT_THAT(filtered(R"(["elision"])", "L'avion d’un z'a"), ElementsAre("avion", "un", "z'a"));
  EXPECT_EQ(filter_error(R"({"type":"elision"})"), "elision filter requires [articles] or [articles_path] setting");
}

TEST(ComponentParametersTest, WordDelimiterGraphLeavesKeywordsAloneIfAsked) {
  constexpr std::string_view kMarker = R"({"type":"keyword_marker","keywords":["wi-fi"]})";
  EXPECT_THAT(filtered(base::format(R"([{},{{"type":"word_delimiter_graph","ignore_keywords":true}}])", kMarker), "wi-fi a-b"),
              ElementsAre("wi-fi", "a", "b"));
  EXPECT_THAT(filtered(base::format(R"([{},{{"type":"word_delimiter_graph"}}])", kMarker), "wi-fi"), ElementsAre("wi", "fi"));
}

TEST(ComponentParametersTest, SnowballLanguagesOfSeveralSources) {
  EXPECT_THAT(filtered(R"([{"type":"snowball","language":"Porter"}])", "running ably"), ElementsAre("run", "abli"));
  EXPECT_THAT(filtered(R"([{"type":"snowball","language":"German2"}])", "häuser"), ElementsAre("haus"));
  EXPECT_THAT(filtered(R"([{"type":"snowball","language":"Estonian"}])", "jooma"), ElementsAre("joo"));
  EXPECT_EQ(filter_error(R"({"type":"snowball","language":"Klingon"})"), "Invalid stemmer class specified: Klingon");
}

TEST(ComponentParametersTest, RomanianIsStemmedInBothSpellings) {
  for (const std::string_view filter :
       {R"({"type":"stemmer","language":"romanian"})", R"({"type":"snowball","language":"Romanian"})"}) {
    EXPECT_THAT(filtered(base::format("[{}]", filter), "informații informaţii şi și"), ElementsAre("inform", "inform", "și", "și"));
  }
  EXPECT_THAT(filtered(R"([{"type":"keyword_marker","keywords":["şi"]},{"type":"stemmer","language":"romanian"}])", "şi"),
              ElementsAre("şi"));
  EXPECT_THAT(terms_of(analyze("", "romanian", "Şi Și informaţii")), ElementsAre("inform"));
}

TEST(ComponentParametersTest, SynonymsOfWordnetAreThoseOfOneSynset) {
  constexpr std::string_view kFilter =
      R"({"type":"synonym","format":"WordNet","synonyms":["s(100000001,1,'fox',n,1,0).","s(100000001,2,'vixen',n,1,0).",
          "s(100000001,3,'o''neil, #1',n,1,0).","s(100000002,1,'hen',n,1,0)."]EXPAND})";
  const auto with = [&](std::string_view more) {
    std::string filter(kFilter);
    return filter.replace(filter.find("EXPAND"), 6, more);
  };
  EXPECT_THAT(filtered("[" + with("") + "]", "vixen hen"), testing::UnorderedElementsAre("vixen", "fox", "o'neil,", "#1", "hen"));
  EXPECT_THAT(filtered("[" + with(R"(,"expand":false)") + "]", "vixen hen"), ElementsAre("fox", "hen"));
}

TEST(ComponentParametersTest, SynonymsThatAreNoRulesAreRefused) {
  for (const std::string_view line :
       {"", "a => b", "s(1", "s(100000001,1,fox,n,1,0).", "s('fox',100000001)", "s(100000001,1,'fox"}) {
    EXPECT_EQ(filter_error(base::format(R"({{"type":"synonym","format":"wordnet","synonyms":["{}"]}})", line)),
              "failed to build synonyms")
        << line;
  }
  EXPECT_EQ(filter_error(R"({"type":"synonym","format":"x","synonyms":["a,b"]})"),
            "synonym format [x] is not supported: it is [solr] or [wordnet]");
  EXPECT_EQ(filter_error(R"({"type":"synonym","synonyms_set":"x"})"),
            "[synonyms_set] is not supported: give the rules in [synonyms]");
}

TEST(ComponentParametersTest, EscapesNameCharacters) {
  EXPECT_THAT(filtered(R"([{"type":"word_delimiter","type_table":["\\u0026 => ALPHA"]}])", "a&b-c"), ElementsAre("a&b", "c"));
  EXPECT_THAT(tokenized(R"({"type":"char_group","tokenize_on_chars":["\\u0078","\\t"]})", "axb\tc"), ElementsAre("a", "b", "c"));
  EXPECT_EQ(tokenizer_error(R"({"type":"char_group","tokenize_on_chars":["\\x"]})"), "Invalid escaped char in [\\x]");
  EXPECT_EQ(tokenizer_error(R"({"type":"char_group","tokenize_on_chars":["xy"]})"), "Invalid escaped char in [xy]");
}

TEST(ComponentParametersTest, TokenCharsAreNamedInAnyCase) {
  EXPECT_THAT(tokenized(R"({"type":"edge_ngram","max_gram":1,"token_chars":["Letter"]})", "ab 1c"), ElementsAre("a", "c"));
  EXPECT_EQ(tokenizer_error(R"({"type":"ngram","token_chars":["letter","custom"]})"),
            "Token type: 'custom' requires setting `custom_token_chars`");
}

TEST(ComponentParametersTest, MappingsAreGivenOnceAndMayBeNone) {
  constexpr std::string_view kChain = R"({{"tokenizer":"keyword","char_filter":[{{"type":"mapping","mappings":{}}}]}})";
  EXPECT_EQ(chain_error(base::format(kChain, R"(["a => 1","a => 2"])")), R"(match "a" was already added)");
  EXPECT_EQ(chain_error(base::format(kChain, "[]")), "");
}

TEST(ComponentParametersTest, ListsInFilesOfTheNodeAreRefused) {
  for (const std::string_view list : {"stopwords", "keywords", "articles", "synonyms", "type_table", "protected_words"}) {
    EXPECT_EQ(filter_error(base::format(R"({{"type":"stop","{}_path":"x.txt"}})", list)),
              base::format("IOException while reading {}_path: files of the node are not read, give the list in [{}]", list, list));
  }
  EXPECT_THAT(chain_error(R"({"type":"english","stopwords_path":"x.txt"})"),
              StartsWith("IOException while reading stopwords_path"));
}

TEST(ComponentParametersTest, NumbersOutOfRangeAreRefusedAsInLucene) {
  EXPECT_EQ(tokenizer_error(R"({"type":"standard","max_token_length":0})"), "maxTokenLength must be greater than zero");
  EXPECT_EQ(tokenizer_error(R"({"type":"uax_url_email","max_token_length":1048577})"), "maxTokenLength may not exceed 1048576");
  for (const std::string_view part :
       {R"("whitespace","max_token_length")", R"("char_group","max_token_length")", R"("keyword","buffer_size")"}) {
    EXPECT_EQ(tokenizer_error(base::format(R"({{"type":{}:0}})", part)),
              "maxTokenLen must be greater than 0 and less than 1048576 passed: 0");
  }
  EXPECT_EQ(tokenizer_error(R"({"type":"ngram","min_gram":"x"})"), "Failed to parse int setting [min_gram] with value [x]");
  EXPECT_THAT(tokenizer_error(R"({"type":"ngram","min_gram":-2147483648,"max_gram":2147483647})"),
              StartsWith("The difference between"));
  EXPECT_EQ(tokenizer_error(R"({"type":"ngram","min_gram":0,"max_gram":1})"), "minGram must be greater than zero");
  EXPECT_EQ(filter_error(R"({"type":"shingle","min_shingle_size":3,"max_shingle_size":2})"),
            "Min shingle size must be <= max shingle size");
}

}  // namespace
}  // namespace selene::index
