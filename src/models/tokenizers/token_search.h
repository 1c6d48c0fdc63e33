#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/tokenizers/byte_trie.h"
#include "models/tokenizers/merge_joiner.h"
#include "models/tokenizers/merge_table.h"

namespace selene::models {

/// Byte pair encoding without joining: takes the longest token at each place that can stand beside the one before, and goes back
/// where none can. Two tokens can stand beside each other iff joining their texts gives just them, which the merges that made
/// them tell. Equal to MergeJoiner where a merge never comes before the merges that made its two tokens, as in every vocabulary
/// that was trained. Immutable, thread-safe; refers to the trie and the merges. Each place is given up at most once.
/// Source: the idea is van Antwerpen and Neubeck's, "So many tokens, so little time", 2024.
class TokenSearch {
 public:
  /// What one thread works with, for texts of one TokenSearch.
  struct Scratch {
    std::vector<uint64_t> dead;  // a bit a place: no token can begin here
    /// Pairs of tokens asked for lately; by a hash of both, which keeps the pair that came last.
    struct Pair {
      int32_t left = -1;
      int32_t right_and_answer = -1;  // right * 2 + whether they can stand beside each other
    };
    std::vector<Pair> pairs;
  };

  /// `tokens`: what `trie` holds. A unit is what joining starts with: tokens for which `is_unit` is 1 (by id).
  /// Nothing if the merges are not of that kind.
  static std::optional<TokenSearch> build(const ByteTrie& trie, const MergeTable& merges, std::span<const ByteTrie::Entry> tokens,
                                          std::span<const uint8_t> is_unit);

  /// Whether the token's own text is joined to it; others never come out.
  bool is_joined(int32_t id) const { return tokens_[static_cast<size_t>(id)].rank != kNever; }
  /// Appends the tokens of `text`. False if it is not made of units; nothing is appended then.
  bool encode(std::string_view text, Scratch& scratch, std::vector<MergeJoiner::Symbol>& symbols) const;

 private:
  static constexpr uint32_t kNever = UINT32_MAX;
  static constexpr uint32_t kUnit = 0;
  /// How a token came about.
  struct Token {
    uint32_t rank = kNever;  // of the merge that made it, plus one; kUnit, kNever
    int32_t left = -1;       // what was joined
    int32_t right = -1;
    int32_t prefix = -1;   // the longest token that its text begins with
    uint32_t size = 0;     // bytes
    bool is_left = false;  // of some merge
    bool is_right = false;
  };

  TokenSearch(const ByteTrie& trie, const MergeTable& merges) : trie_(&trie), merges_(&merges) {}
  bool learn_merges(std::vector<MergeTable::Entry> entries);
  void learn_prefixes(std::span<const ByteTrie::Entry> tokens);
  const Token& token(int32_t id) const { return tokens_[static_cast<size_t>(id)]; }
  uint32_t rank_of(int32_t left, int32_t right) const;
  bool can_stand(int32_t left, int32_t right, uint32_t until) const;
  bool can_stand(int32_t left, int32_t right, Scratch& scratch) const;
  int32_t longest(std::string_view text, size_t begin) const;

  const ByteTrie* trie_;
  const MergeTable* merges_;
  std::vector<Token> tokens_;     // by id
  std::vector<int32_t> longest_;  // by the trie's node: the longest token that what leads there begins with, -1 if there is none
};

}  // namespace selene::models
