#include "index/analysis/stemmers/krovetz_stemmer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace selene::index {
namespace {

std::string stem(std::string_view word) { return std::string(KrovetzStemmer().stem(word)); }

TEST(KrovetzStemmerTest, StemsEqualThoseOfLucene) {
  std::ifstream golden(std::string(SELENE_SOURCE_DIR) + "/tests/golden/analysis/krovetz.tsv");
  KrovetzStemmer stemmer;
  int32_t num_words = 0;
  for (std::string word, expected; std::getline(golden, word, '\t') && std::getline(golden, expected); ++num_words) {
    EXPECT_EQ(stemmer.stem(word), expected) << word;
  }
  EXPECT_GT(num_words, 7000);
}

TEST(KrovetzStemmerTest, WordsThatAreKnownStay) {
  for (const std::string_view word : {"operational", "operator", "walkie", "ability"}) EXPECT_EQ(stem(word), word);
}

TEST(KrovetzStemmerTest, ExceptionsAreNotReachedFromTheirVerbForms) {
  EXPECT_EQ(stem("planed"), "plan");
  EXPECT_EQ(stem("planes"), "plane");
}

TEST(KrovetzStemmerTest, OnlyWordsOf3To49LettersOfEnglishAreStemmed) {
  const std::string longest = std::string(46, 'x') + "ies";
  EXPECT_EQ(stem(longest), std::string(46, 'x') + "y");
  for (const std::string& word : {"x" + longest, std::string("as"), std::string(""), std::string("Ponies"), std::string("pony-s"),
                                  std::string("caféses"), std::string("\xFFponies"), std::string("4ies")}) {
    EXPECT_EQ(stem(word), word);
  }
}

TEST(KrovetzStemmerTest, AnyWordIsTakenAndHardlyGrows) {
  constexpr size_t kMostAdded = 6;  // of a headword: "swiss" becomes "switzerland"
  constexpr std::string_view kEndings[] = {"ies",  "ied", "ing",  "ed", "ization", "ication", "ition", "ility",
                                           "er",   "or",  "ical", "al", "ative",   "able",    "ible",  "ency",
                                           "ance", "ous", "yy",   "y",  "l",       "e"};
  std::mt19937 random(9);
  KrovetzStemmer stemmer;
  for (int32_t i = 0; i < 100'000; ++i) {
    std::string word;
    while (word.size() < random() % 50) word += random() % 3 == 0 ? "yaeiblnt"[random() % 8] : 'y';
    for (uint32_t more = random() % 4; more > 0; --more) word += kEndings[random() % std::size(kEndings)];
    ASSERT_LE(stemmer.stem(word).size(), word.size() + kMostAdded) << word;
  }
}

TEST(KrovetzStemmerTest, FirstUseByManyThreadsGivesOneDictionary) {
  std::vector<std::string> stems(8);
  std::vector<std::thread> threads;
  for (std::string& each : stems) threads.emplace_back([&each] { each = stem("operators"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stems, std::vector<std::string>(8, "operator"));
}

TEST(KrovetzDictionaryTest, WordsAreDecodedIntoLessThanAMegabyte) {
  const KrovetzDictionary& dictionary = KrovetzDictionary::get();
  EXPECT_EQ(dictionary.num_words(), 27'994U);
  EXPECT_LT(dictionary.size_bytes(), 1'000'000U);
  for (const std::string_view word : {"aarhus", "abbey", "do", "zulu"}) EXPECT_NE(dictionary.find(word), nullptr) << word;
  for (const std::string_view word : {"", "a", "zuluz", "aarhu", "abbeyabbeyabbeyabbeyabbeyabbey"}) {
    EXPECT_EQ(dictionary.find(word), nullptr) << word;
  }
}

}  // namespace
}  // namespace selene::index
