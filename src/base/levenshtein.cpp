#include "base/levenshtein.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/format.h"

namespace selene::base {

size_t levenshtein_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::vector<std::string_view> similar_words(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr size_t kLongestCompared = 128;
  std::vector<std::pair<double, std::string_view>> near;
  for (const std::string_view candidate : candidates) {
    const size_t longer = std::max(word.size(), candidate.size());
    if (longer == 0 || longer > kLongestCompared) continue;
    const double difference = static_cast<double>(levenshtein_distance(word, candidate)) / static_cast<double>(longer);
    if (difference < 0.5) near.emplace_back(difference, candidate);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string_view> words;
  words.reserve(near.size());
  for (const auto& [difference, candidate] : near) words.push_back(candidate);
  return words;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::vector<std::string_view> near = similar_words(word, candidates);
  if (near.empty()) return {};
  if (near.size() == 1) return base::format(" did you mean [{}]?", near.front());
  std::string list;
  for (const std::string_view candidate : near) list.append(list.empty() ? "" : ", ").append(candidate);
  return base::format(" did you mean any of [{}]?", list);
}

}  // namespace selene::base
