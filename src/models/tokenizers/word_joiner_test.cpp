#include "models/tokenizers/word_joiner.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "models/tokenizers/merge_joiner.h"

namespace selene::models {
namespace {

/// Merges of units 0 to num_units - 1 and of what they make, some of which never come about.
MergeTable random_merges(std::mt19937& random, int32_t num_units, uint32_t num_merges) {
  MergeTable merges(num_merges);
  for (uint32_t rank = 0; rank < num_merges; ++rank) {
    const auto num_ids = static_cast<uint32_t>(num_units) + rank;
    const auto any = [&] { return static_cast<int32_t>(random() % num_ids); };
    const int32_t left = any();
    merges.insert(left, any(), {rank, static_cast<int32_t>(num_ids)});
  }
  return merges;
}

std::vector<std::pair<int32_t, uint32_t>> joined_by_heap(const MergeTable& merges, const std::vector<int32_t>& units) {
  std::vector<MergeJoiner::Symbol> symbols;
  for (const int32_t unit : units) symbols.push_back({unit, 1});
  MergeJoiner().join(merges, symbols);
  std::vector<std::pair<int32_t, uint32_t>> tokens;
  for (const MergeJoiner::Symbol& symbol : symbols) tokens.emplace_back(symbol.id, symbol.size);
  return tokens;
}

std::vector<std::pair<int32_t, uint32_t>> joined_by_ranks(const RankTable& ranks, const std::vector<int32_t>& units) {
  WordJoiner joiner;
  joiner.join(ranks, units);
  std::vector<std::pair<int32_t, uint32_t>> tokens;
  for (size_t i = 0; i < units.size(); ++i) {
    if ((joiner.begins() >> i & 1) != 0) tokens.emplace_back(joiner.id(i), 0);
    ++tokens.back().second;
  }
  return tokens;
}

TEST(WordJoinerTest, EqualsMergeJoinerWhateverTheMergesAre) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    const int32_t num_units = 2 + static_cast<int32_t>(random() % 3);
    const MergeTable merges = random_merges(random, num_units, 1 + static_cast<uint32_t>(random() % 50));
    const auto ranks = RankTable::build(merges.entries());
    ASSERT_TRUE(ranks.has_value());
    for (size_t size = 1; size <= WordJoiner::kMaxSymbols; ++size) {
      std::vector<int32_t> units;
      for (size_t i = 0; i < size; ++i) units.push_back(static_cast<int32_t>(random() % static_cast<uint32_t>(num_units)));
      ASSERT_EQ(joined_by_ranks(*ranks, units), joined_by_heap(merges, units)) << "round " << round << ", " << size << " units";
    }
  }
}

TEST(RankTableTest, KnowsTheRankOfEveryPairAndOfNoOther) {
  std::mt19937 random(5);
  for (const uint32_t num_merges : {0u, 1u, 2u, 3u, 100u, 5000u, 60000u}) {
    const MergeTable merges = random_merges(random, 256, num_merges);
    const auto table = RankTable::build(merges.entries());
    ASSERT_TRUE(table.has_value()) << num_merges;
    for (const MergeTable::Entry& entry : merges.entries()) {
      ASSERT_EQ(table->rank(entry.left, entry.right), entry.merge.rank);
      ASSERT_EQ(table->joined(entry.merge.rank), entry.merge.id);
    }
    for (int i = 0; i < 1000; ++i) {
      const auto left = static_cast<int32_t>(random() % 60000);
      const auto right = static_cast<int32_t>(random() % 60000);
      ASSERT_EQ(table->rank(left, right) == RankTable::kNone, merges.find(left, right) == nullptr);
    }
    EXPECT_EQ(table->rank(RankTable::kNobody, 3), RankTable::kNone);
    EXPECT_EQ(table->rank(3, RankTable::kNobody), RankTable::kNone);
  }
}

TEST(RankTableTest, IdsAndRanksThatDoNotFitAreNotTaken) {
  const MergeTable::Entry good{1, 2, {7, 3}};
  EXPECT_TRUE(RankTable::build(std::span(&good, 1)).has_value());
  for (const MergeTable::Entry& bad :
       {MergeTable::Entry{RankTable::kNobody, 2, {7, 3}}, MergeTable::Entry{1, RankTable::kNobody, {7, 3}},
        MergeTable::Entry{1, 2, {RankTable::kNone, 3}}, MergeTable::Entry{1, 2, {7, RankTable::kNobody}}}) {
    EXPECT_FALSE(RankTable::build(std::span(&bad, 1)).has_value());
  }
}

}  // namespace
}  // namespace selene::models
