#include "models/tokenizers/token_search.h"

#include <algorithm>

namespace selene::models {
namespace {

constexpr uint32_t kPairBits = 14;  // 128 KiB

}  // namespace

std::optional<TokenSearch> TokenSearch::build(const ByteTrie& trie, const MergeTable& merges,
                                              std::span<const ByteTrie::Entry> tokens, std::span<const uint8_t> is_unit) {
  TokenSearch search(trie, merges);
  search.tokens_.resize(is_unit.size());
  for (const ByteTrie::Entry& token : tokens) {
    const auto id = static_cast<size_t>(token.value);
    search.tokens_[id].size = static_cast<uint32_t>(token.key.size());
    if (is_unit[id] != 0) search.tokens_[id].rank = kUnit;
  }
  if (!search.learn_merges(merges.entries())) return std::nullopt;
  search.learn_prefixes(tokens);
  return search;
}

/// Which merge makes a token out of its own text: the first one whose two tokens stand beside each other until then.
bool TokenSearch::learn_merges(std::vector<MergeTable::Entry> entries) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.merge.rank < b.merge.rank; });
  for (const MergeTable::Entry& entry : entries) {
    Token& left = tokens_[static_cast<size_t>(entry.left)];
    Token& right = tokens_[static_cast<size_t>(entry.right)];
    left.is_left = true;
    right.is_right = true;
    Token& joined = tokens_[static_cast<size_t>(entry.merge.id)];
    if (joined.rank != kNever || left.rank == kNever || right.rank == kNever) continue;
    const uint32_t rank = entry.merge.rank + 1;
    if (!can_stand(entry.left, entry.right, rank)) continue;
    joined.rank = rank;
    joined.left = entry.left;
    joined.right = entry.right;
  }
  return std::all_of(entries.begin(), entries.end(), [&](const MergeTable::Entry& entry) {
    const uint32_t left = token(entry.left).rank;
    const uint32_t right = token(entry.right).rank;
    const uint32_t rank = entry.merge.rank + 1;
    // Tokens that never come about are joined to nothing.
    return left == kNever || right == kNever || (left < rank && right < rank);
  });
}

void TokenSearch::learn_prefixes(std::span<const ByteTrie::Entry> tokens) {
  longest_.assign(trie_->num_nodes(), -1);
  for (const ByteTrie::Entry& entry : tokens) {
    int32_t longest = -1;
    ByteTrie::Node node = ByteTrie::kRoot;
    for (const char c : entry.key) {
      tokens_[static_cast<size_t>(entry.value)].prefix = longest;
      node = trie_->child(node, static_cast<uint8_t>(c));
      const int32_t id = trie_->value(node);
      if (id >= 0 && is_joined(id)) longest = id;
      longest_[node] = longest;
    }
  }
}

uint32_t TokenSearch::rank_of(int32_t left, int32_t right) const {
  if (!token(left).is_left || !token(right).is_right) return kNever;
  const Merge* merge = merges_->find(left, right);
  return merge == nullptr ? kNever : merge->rank + 1;
}

/// Goes back in time from `until`, the rank at which one of the two would be joined to something else: whatever stood at the
/// border was not joined across it before one of its two sides was joined to the other neighbour. Of equal merges the left one
/// comes first, hence the one more when the right side was made.
bool TokenSearch::can_stand(int32_t left, int32_t right, uint32_t until) const {
  for (;;) {
    if (rank_of(left, right) < until) return false;
    const Token& a = token(left);
    const Token& b = token(right);
    if (a.rank > b.rank) {
      until = a.rank;
      left = a.right;
    } else if (b.rank != kUnit) {
      until = b.rank + 1;
      right = b.left;
    } else {
      return true;
    }
  }
}

bool TokenSearch::can_stand(int32_t left, int32_t right, Scratch& scratch) const {
  const uint64_t both = uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  Scratch::Pair& pair = scratch.pairs[(both * 0x9E3779B97F4A7C15ULL) >> (64 - kPairBits)];
  if (pair.left != left || pair.right_and_answer >> 1 != right) pair = {left, right * 2 + (can_stand(left, right, kNever) ? 1 : 0)};
  return (pair.right_and_answer & 1) != 0;
}

int32_t TokenSearch::longest(std::string_view text, size_t begin) const {
  ByteTrie::Node last = ByteTrie::kRoot;
  for (size_t i = begin; i < text.size(); ++i) {
    const ByteTrie::Node node = trie_->child(last, static_cast<uint8_t>(text[i]));
    if (node == ByteTrie::kNone) break;
    last = node;
  }
  return longest_[last];
}

bool TokenSearch::encode(std::string_view text, Scratch& scratch, std::vector<MergeJoiner::Symbol>& symbols) const {
  const size_t first = symbols.size();
  scratch.dead.assign(text.size() / 64 + 1, 0);
  if (scratch.pairs.empty()) scratch.pairs.resize(size_t{1} << kPairBits);
  size_t pos = 0;
  int32_t next = longest(text, 0);
  while (pos < text.size()) {
    const auto fits = [&](int32_t id) {
      const size_t end = pos + token(id).size;
      if ((scratch.dead[end / 64] >> (end % 64) & 1) != 0) return false;
      return symbols.size() == first || can_stand(symbols.back().id, id, scratch);
    };
    while (next >= 0 && !fits(next)) next = token(next).prefix;
    if (next >= 0) {
      symbols.push_back({next, token(next).size});
      pos += token(next).size;
      next = longest(text, pos);
      continue;
    }
    if (symbols.size() == first) return false;
    scratch.dead[pos / 64] |= uint64_t{1} << (pos % 64);
    next = symbols.back().id;
    pos -= symbols.back().size;
    symbols.pop_back();
  }
  return true;
}

}  // namespace selene::models
