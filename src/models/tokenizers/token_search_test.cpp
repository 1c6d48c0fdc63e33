#include "models/tokenizers/token_search.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace selene::models {
namespace {

/// A vocabulary over few letters, so that merges get into each other's way.
class Merges {
 public:
  explicit Merges(std::string_view letters) {
    for (const char letter : letters) add(std::string(1, letter));
    is_unit_.assign(texts_.size(), 1);
  }
  int32_t add(const std::string& text) {
    const auto [at, is_new] = ids_.emplace(text, static_cast<int32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return at->second;
  }
  void merge(int32_t left, int32_t right) {
    const int32_t id = add(text(left) + text(right));
    table_.insert(left, right, {rank_++, id});
  }
  const std::string& text(int32_t id) const { return texts_[static_cast<size_t>(id)]; }
  int32_t size() const { return static_cast<int32_t>(texts_.size()); }
  std::vector<int32_t> joined(std::string_view text) const {
    std::vector<MergeJoiner::Symbol> symbols;
    for (const char letter : text) symbols.push_back({ids_.at(std::string(1, letter)), 1});
    MergeJoiner().join(table_, symbols);
    return ids_of(symbols);
  }
  std::optional<TokenSearch> search() {
    std::vector<ByteTrie::Entry> tokens;
    for (size_t id = 0; id < texts_.size(); ++id) tokens.push_back({texts_[id], static_cast<int32_t>(id)});
    EXPECT_TRUE(trie_.build(tokens));
    is_unit_.resize(texts_.size(), 0);
    return TokenSearch::build(trie_, table_, tokens, is_unit_);
  }
  static std::vector<int32_t> ids_of(const std::vector<MergeJoiner::Symbol>& symbols) {
    std::vector<int32_t> ids;
    for (const MergeJoiner::Symbol& symbol : symbols) ids.push_back(symbol.id);
    return ids;
  }

 private:
  std::vector<std::string> texts_;
  std::map<std::string, int32_t> ids_;
  MergeTable table_{1000};
  ByteTrie trie_;
  std::vector<uint8_t> is_unit_;
  uint32_t rank_ = 0;
};

std::vector<int32_t> found(const TokenSearch& search, std::string_view text) {
  TokenSearch::Scratch scratch;
  std::vector<MergeJoiner::Symbol> symbols;
  EXPECT_TRUE(search.encode(text, scratch, symbols));
  return Merges::ids_of(symbols);
}

TEST(TokenSearchTest, EqualsJoiningWhateverTheMergesAre) {
  std::mt19937 random(7);
  int num_understood = 0;
  for (int round = 0; round < 400; ++round) {
    Merges merges("abc");
    const size_t num_merges = 1 + random() % 60;
    // Of earlier tokens, some pairs twice: a token may have several merges, and a pair may move behind merges of what it makes.
    for (size_t i = 0; i < num_merges; ++i) {
      const auto any = [&] { return static_cast<int32_t>(random() % static_cast<uint32_t>(merges.size())); };
      const int32_t left = any();
      const int32_t right = any();
      if (merges.text(left).size() + merges.text(right).size() < 9) merges.merge(left, right);
    }
    const auto search = merges.search();
    if (!search.has_value()) continue;
    ++num_understood;
    for (int32_t id = 0; id < merges.size(); ++id) {
      EXPECT_EQ(search->is_joined(id), merges.joined(merges.text(id)) == std::vector<int32_t>{id});
    }
    for (int i = 0; i < 50; ++i) {
      std::string text;
      for (size_t n = 1 + random() % 40; n > 0; --n) text += static_cast<char>('a' + random() % 3);
      ASSERT_EQ(found(*search, text), merges.joined(text)) << text;
    }
  }
  EXPECT_GT(num_understood, 200);
}

TEST(TokenSearchTest, LongRunsOfOneLetterArePairedFromTheLeft) {
  Merges merges("a");
  merges.merge(0, 0);
  merges.merge(1, 1);
  const auto search = merges.search();
  ASSERT_TRUE(search.has_value());
  for (size_t size = 1; size < 70; ++size) EXPECT_EQ(found(*search, std::string(size, 'a')), merges.joined(std::string(size, 'a')));
}

TEST(TokenSearchTest, MergeThatComesBeforeTheOneOfItsPartsIsNotUnderstood) {
  Merges merges("abc");
  const int32_t ab = merges.add("ab");
  merges.merge(ab, 2);
  merges.merge(0, 1);
  EXPECT_FALSE(merges.search().has_value());
}

TEST(TokenSearchTest, TextThatIsNotMadeOfUnitsIsLeftAlone) {
  Merges merges("ab");
  merges.merge(0, 1);
  const auto search = merges.search();
  ASSERT_TRUE(search.has_value());
  TokenSearch::Scratch scratch;
  std::vector<MergeJoiner::Symbol> symbols(1);
  EXPECT_FALSE(search->encode("abx", scratch, symbols));
  EXPECT_EQ(symbols.size(), 1u);
}

}  // namespace
}  // namespace selene::models
