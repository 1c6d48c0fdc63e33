#include "models/tokenizers/word_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>

namespace selene::models {
namespace {

/// The word with something behind it, as words have that lie in a text.
std::string in_a_text(std::string_view word) { return std::string(word) + ", and what follows it in the text"; }

const WordCache::Entry* find(WordCache& cache, std::string_view word) {
  const std::string text = in_a_text(word);
  const WordCache::Key key = cache.key(std::string_view(text).substr(0, word.size()));
  return WordCache::knows(key) ? key.place : nullptr;
}
void put(WordCache& cache, std::string_view word, std::span<const int32_t> ids, uint32_t ends) {
  const std::string text = in_a_text(word);
  const WordCache::Key key = cache.key(std::string_view(text).substr(0, word.size()));
  WordCache::Entry entry{
      .ends = ends, .num_tokens = static_cast<uint16_t>(ids.size()), .is_ascii = key.is_ascii(), .word = key.word};
  std::copy(ids.begin(), ids.end(), entry.ids.begin());
  cache.room_for(entry.word) = entry;
}

TEST(WordCacheTest, FindsWhatWasPutUnderTheSameWordOnly) {
  WordCache cache;
  EXPECT_EQ(find(cache, "moons"), nullptr);
  const std::array<int32_t, 2> ids = {4, 6};
  put(cache, "moons", ids, 1u << 4 | 1u << 5);
  const WordCache::Entry* found = find(cache, "moons");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->num_tokens, 2);
  EXPECT_EQ(found->ids[1], 6);
  EXPECT_EQ(found->ends, 48u);
  EXPECT_TRUE(found->is_ascii);
  EXPECT_EQ(find(cache, "moon"), nullptr);
  EXPECT_EQ(find(cache, std::string_view("moons\0", 6)), nullptr);
}

TEST(WordCacheTest, WhatFollowsTheWordDoesNotMatter) {
  WordCache cache;
  const int32_t id = 9;
  put(cache, "moon", std::span(&id, 1), 1u << 4);
  const std::string other = "moonmoonmoonmoonmoonmoonmoonmoonmoonmoonmoon";
  EXPECT_TRUE(WordCache::knows(cache.key(std::string_view(other).substr(4, 4))));
  EXPECT_FALSE(WordCache::knows(cache.key(std::string_view(other).substr(4, 5))));
}

TEST(WordCacheTest, AKeyTellsItsWord) {
  WordCache cache;
  const std::string word = "seventeen letters, six more";
  for (size_t size = 1; size <= WordCache::kMaxBytes; ++size) {
    const WordCache::Key key = cache.key(std::string_view(word).substr(0, size));
    EXPECT_EQ(key.view(), word.substr(0, size));
    EXPECT_TRUE(key.is_ascii());
  }
}

TEST(WordCacheTest, WordsThatSharePlacesReplaceEachOther) {
  WordCache cache;
  constexpr int32_t kWords = 100'000;
  for (int32_t i = 0; i < kWords; ++i) {
    const std::string word = "w" + std::to_string(i);
    if (const WordCache::Entry* found = find(cache, word)) {
      ASSERT_EQ(found->ids[0], i);
    }
    put(cache, word, std::span(&i, 1), 1u << word.size());
    const WordCache::Entry* found = find(cache, word);
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(found->ids[0], i);
  }
  int32_t num_kept = 0;
  for (int32_t i = 0; i < kWords; ++i) num_kept += find(cache, "w" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_GT(num_kept, 30'000);
  EXPECT_LE(num_kept, 32'768);
}

TEST(WordCacheTest, LongWordsAreNotKept) {
  WordCache cache;
  EXPECT_FALSE(WordCache::holds(""));
  EXPECT_TRUE(WordCache::holds(std::string(WordCache::kMaxBytes, 'x')));
  EXPECT_FALSE(WordCache::holds(std::string(WordCache::kMaxBytes + 1, 'x')));
}

TEST(WordCacheTest, KeepsWordsThatAreMetAgainThoughOthersComeBetween) {
  // As many words as places: those of a set stay beside each other.
  WordCache cache;
  constexpr int32_t kWords = 8000;
  for (int32_t i = 0; i < kWords; ++i) {
    const std::string word = "w" + std::to_string(i);
    put(cache, word, std::span(&i, 1), 1u << word.size());
  }
  int32_t num_found = 0;
  for (int32_t i = 0; i < kWords; ++i) num_found += find(cache, "w" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_GT(num_found, kWords * 9 / 10);
}

TEST(WordCacheTest, KnowsWordsOfOtherScripts) {
  WordCache cache;
  const int32_t id = 5;
  put(cache, "\u043c\u0438\u0440", std::span(&id, 1), 1u << 6);
  ASSERT_NE(find(cache, "\u043c\u0438\u0440"), nullptr);
  EXPECT_FALSE(find(cache, "\u043c\u0438\u0440")->is_ascii);
}

}  // namespace
}  // namespace selene::models
