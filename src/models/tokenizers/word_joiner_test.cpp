#include "models/tokenizers/word_joiner.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "models/tokenizers/merge_joiner.h"

namespace selene::models {
namespace {

/// The token of byte b.
int32_t unit_id(size_t byte) { return static_cast<int32_t>(3000 - 2 * byte); }

std::array<int32_t, 256> unit_ids() {
  std::array<int32_t, 256> ids;
  for (size_t byte = 0; byte < ids.size(); ++byte) ids[byte] = unit_id(byte);
  return ids;
}

/// Merges of the tokens of the first `num_units` bytes and of what they make, some of which never come about.
MergeTable random_merges(std::mt19937& random, size_t num_units, uint32_t num_merges) {
  MergeTable merges(num_merges);
  std::vector<int32_t> ids;
  for (size_t byte = 0; byte < num_units; ++byte) ids.push_back(unit_id(byte));
  for (uint32_t rank = 0; rank < num_merges; ++rank) {
    const auto any = [&] { return ids[random() % ids.size()]; };
    const int32_t left = any();
    const int32_t right = any();
    ids.push_back(static_cast<int32_t>(5000 + rank));
    merges.insert(left, right, {rank, ids.back()});
  }
  return merges;
}

using Tokens = std::vector<std::pair<int32_t, uint32_t>>;  // with their sizes

Tokens joined_by_heap(const MergeTable& merges, std::string_view word) {
  std::vector<MergeJoiner::Symbol> symbols;
  for (const char c : word) symbols.push_back({unit_id(static_cast<uint8_t>(c)), 1});
  MergeJoiner().join(merges, symbols);
  Tokens tokens;
  for (const MergeJoiner::Symbol& symbol : symbols) tokens.emplace_back(symbol.id, symbol.size);
  return tokens;
}

Tokens tokens_of(const NewWord& word) {
  Tokens tokens;
  uint32_t begin = 0;
  for (uint32_t end = 1; end <= word.text.size(); ++end) {
    if ((word.tokens.ends >> end & 1) == 0) continue;
    tokens.emplace_back(word.tokens.ids[tokens.size()], end - begin);
    begin = end;
  }
  EXPECT_EQ(tokens.size(), word.tokens.num_tokens);
  EXPECT_EQ(word.tokens.ends >> word.text.size(), 1u);
  return tokens;
}

TEST(JoinWordsTest, EqualsMergeJoinerWhateverTheMergesAre) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const size_t num_units = 2 + random() % 3;
    const MergeTable merges = random_merges(random, num_units, 1 + static_cast<uint32_t>(random() % 50));
    const auto ranks = RankTable::build(merges.entries(), unit_ids());
    ASSERT_TRUE(ranks.has_value());
    std::vector<std::string> texts;  // each with what may be read behind a word
    std::vector<NewWord> words;
    for (size_t i = 0; i < 60; ++i) {
      std::string& text = texts.emplace_back();
      while (text.size() < WordTokens::kMaxBytes) text += static_cast<char>(random() % num_units);
    }
    for (size_t i = 0; i < texts.size(); ++i) {
      const size_t size = 1 + (i < WordTokens::kMaxBytes ? i : random() % WordTokens::kMaxBytes);
      words.push_back({std::string_view(texts[i]).substr(0, size), {}});
    }
    join_words(*ranks, words);
    for (const NewWord& word : words) {
      ASSERT_EQ(tokens_of(word), joined_by_heap(merges, word.text)) << "round " << round << ", " << word.text.size() << " bytes";
    }
  }
}

TEST(RankTableTest, KnowsTheRankOfEveryPairOfBytesAndOfNoOther) {
  std::mt19937 random(5);
  for (const uint32_t num_merges : {0u, 1u, 2u, 3u, 100u, 5000u, 16000u}) {
    // Pairs of bytes only: their numbers are known.
    MergeTable merges(num_merges);
    for (uint32_t rank = 0; rank < num_merges; ++rank) {
      merges.insert(unit_id(random() % 256), unit_id(random() % 256), {rank, static_cast<int32_t>(5000 + rank)});
    }
    const auto table = RankTable::build(merges.entries(), unit_ids());
    ASSERT_TRUE(table.has_value()) << num_merges;
    for (size_t pair = 0; pair < 65536; ++pair) {
      const auto left = static_cast<uint8_t>(pair >> 8);
      const auto right = static_cast<uint8_t>(pair);
      const Merge* merge = merges.find(unit_id(left), unit_id(right));
      const RankTable::Key key = table->find(left, right);
      ASSERT_EQ(table->find_bytes(static_cast<uint16_t>(right << 8 | left)), key);
      ASSERT_EQ(key == RankTable::kNone, merge == nullptr);
      if (merge == nullptr) continue;
      ASSERT_EQ(RankTable::rank(key), merge->rank);
      ASSERT_EQ(table->id(table->joined(merge->rank)), merge->id);
    }
    EXPECT_EQ(table->find(RankTable::kNobody, 3), RankTable::kNone);
    EXPECT_EQ(table->find(3, RankTable::kNobody), RankTable::kNone);
  }
}

TEST(RankTableTest, MergesThatDoNotFitAndBytesWithoutTokensAreNotTaken) {
  const MergeTable::Entry good{unit_id(1), unit_id(2), {7, 3}};
  EXPECT_TRUE(RankTable::build(std::span(&good, 1), unit_ids()).has_value());
  const MergeTable::Entry late{unit_id(1), unit_id(2), {1u << RankTable::kRankBits, 3}};
  EXPECT_FALSE(RankTable::build(std::span(&late, 1), unit_ids()).has_value());
  std::array<int32_t, 256> ids = unit_ids();
  ids[200] = -1;
  EXPECT_FALSE(RankTable::build(std::span(&good, 1), ids).has_value());
  ids[200] = ids[100];
  EXPECT_FALSE(RankTable::build(std::span(&good, 1), ids).has_value());
}

}  // namespace
}  // namespace selene::models
