#include "models/tokenizers/word_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace selene::models {
namespace {

TEST(WordCacheTest, FindsWhatWasPutUnderTheSameWordOnly) {
  WordCache cache;
  EXPECT_EQ(cache.find("moons"), nullptr);
  const std::array<int32_t, 2> ids = {4, 6};
  cache.put("moons", ids, 1u << 4 | 1u << 5);
  const WordCache::Entry* found = cache.find("moons");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->num_tokens, 2);
  EXPECT_EQ(found->ids[1], 6);
  EXPECT_EQ(found->ends, 48u);
  EXPECT_EQ(cache.find("moon"), nullptr);
  EXPECT_EQ(cache.find(std::string_view("moons\0", 6)), nullptr);
}

TEST(WordCacheTest, WordsThatSharePlacesReplaceEachOther) {
  WordCache cache;
  for (int32_t i = 0; i < 100'000; ++i) {
    const std::string word = "w" + std::to_string(i);
    if (const WordCache::Entry* found = cache.find(word)) {
      ASSERT_EQ(found->ids[0], i);
    }
    cache.put(word, std::span(&i, 1), 1u << word.size());
    const WordCache::Entry* found = cache.find(word);
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->ids[0], i);
  }
  EXPECT_EQ(cache.find("w0"), nullptr);
}

TEST(WordCacheTest, LongWordsAndLongAnswersAreNotKept) {
  WordCache cache;
  EXPECT_FALSE(WordCache::holds(""));
  EXPECT_TRUE(WordCache::holds(std::string(WordCache::kMaxBytes, 'x')));
  EXPECT_FALSE(WordCache::holds(std::string(WordCache::kMaxBytes + 1, 'x')));
  ASSERT_EQ(cache.find("abcdefghi"), nullptr);
  const std::array<int32_t, 9> ids{};
  cache.put("abcdefghi", ids, 0x3FE);
  EXPECT_EQ(cache.find("abcdefghi"), nullptr);
}

}  // namespace
}  // namespace selene::models
