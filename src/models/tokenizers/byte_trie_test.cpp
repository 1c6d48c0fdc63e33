#include "models/tokenizers/byte_trie.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace selene::models {
namespace {

TEST(ByteTrieTest, EmptyTrieHoldsNothing) {
  ByteTrie trie;
  EXPECT_EQ(trie.find("a"), -1);
  ASSERT_TRUE(trie.build({}));
  EXPECT_EQ(trie.find(""), -1);
  EXPECT_EQ(trie.find("\xFF"), -1);
  EXPECT_EQ(trie.walk(ByteTrie::kRoot, "ab"), ByteTrie::kNone);
}

TEST(ByteTrieTest, PrefixesAndZeroBytesAreKeysOfTheirOwn) {
  ByteTrie trie;
  const std::string zero("\0", 1);
  ASSERT_TRUE(trie.build({{"a", 1}, {"ab", 2}, {"", 7}, {zero, 3}, {"\xFF\xFF", 4}, {"ab", 5}}));
  EXPECT_EQ(trie.find(""), 7);
  EXPECT_EQ(trie.find("a"), 1);
  EXPECT_EQ(trie.find("ab"), 5) << "the last of equal keys counts";
  EXPECT_EQ(trie.find(zero), 3);
  EXPECT_EQ(trie.find("\xFF"), -1);
  EXPECT_EQ(trie.find("\xFF\xFF"), 4);
  EXPECT_EQ(trie.find("abc"), -1);
  EXPECT_EQ(trie.num_keys(), 5u);
}

TEST(ByteTrieTest, RandomKeysAreFoundAndOthersAreNot) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 rng(seed);
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, int32_t> expected;
    const int alphabet = round % 2 == 0 ? 3 : 256;
    const auto random_key = [&] {
      std::string key(rng() % 9, ' ');
      for (char& c : key) c = static_cast<char>(static_cast<int>(rng()) % alphabet);
      return key;
    };
    for (int i = 0; i < 1500; ++i) expected[random_key()] = i;
    std::vector<ByteTrie::Entry> entries;
    for (const auto& [key, value] : expected) entries.push_back({key, value});
    ByteTrie trie;
    ASSERT_TRUE(trie.build(entries));
    for (const auto& [key, value] : expected) ASSERT_EQ(trie.find(key), value);
    for (int i = 0; i < 3000; ++i) {
      const std::string key = random_key();
      const auto found = expected.find(key);
      ASSERT_EQ(trie.find(key), found == expected.end() ? -1 : found->second);
    }
  }
}

}  // namespace
}  // namespace selene::models
