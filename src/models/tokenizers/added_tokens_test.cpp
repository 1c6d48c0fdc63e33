#include "models/tokenizers/added_tokens.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace selene::models {
namespace {

AddedTokenMatcher matcher(const std::vector<std::string>& contents) {
  std::vector<AddedToken> tokens;
  for (const std::string& content : contents) tokens.push_back({.content = content, .id = static_cast<int32_t>(tokens.size())});
  return AddedTokenMatcher(std::move(tokens));
}

/// Leftmost, longest, not overlapping, one place after the other.
std::vector<std::pair<size_t, int32_t>> looked_for(const std::vector<std::string>& contents, std::string_view text) {
  std::vector<std::pair<size_t, int32_t>> found;
  for (size_t pos = 0; pos < text.size();) {
    int32_t best = -1;
    for (size_t i = 0; i < contents.size(); ++i) {
      const bool is_longer = best < 0 || contents[i].size() > contents[static_cast<size_t>(best)].size();
      if (is_longer && text.substr(pos).starts_with(contents[i])) best = static_cast<int32_t>(i);
    }
    if (best >= 0) found.emplace_back(pos, best);
    pos += best < 0 ? 1 : contents[static_cast<size_t>(best)].size();
  }
  return found;
}

TEST(AddedTokenMatcherTest, FindsTheLeftmostLongestWhereverTheyStand) {
  std::mt19937 random(3);
  // Few starts, one start alone, a single byte, too many starts.
  const std::vector<std::vector<std::string>> sets = {
      {"ab", "abba", "ca", "\xE2\x96\x81"}, {"ab", "abc"}, {"a", "bc"}, {"aa", "ab", "ac", "ad", "ba", "bb", "bc", "bd", "cad"}};
  for (const std::vector<std::string>& contents : sets) {
    const AddedTokenMatcher tokens = matcher(contents);
    for (int round = 0; round < 200; ++round) {
      std::string text(random() % 300, '.');
      for (size_t n = random() % 12; n > 0 && !text.empty(); --n)
        text.insert(random() % text.size(), contents[random() % contents.size()]);
      if (round % 2 == 0) {
        for (char& c : text) c = c == '.' ? static_cast<char>('a' + random() % 5) : c;
      }
      std::vector<std::pair<size_t, int32_t>> found;
      for (const AddedTokenMatcher::Match& match : tokens.find(text)) found.emplace_back(match.begin, match.id);
      ASSERT_EQ(found, looked_for(contents, text)) << text;
    }
  }
}

}  // namespace
}  // namespace selene::models
