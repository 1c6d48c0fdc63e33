#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace selene::base {

/// Fewest insertions, deletions and replacements of bytes that turn `a` into `b`. |a| x |b| steps.
size_t levenshtein_distance(std::string_view a, std::string_view b);

/// The candidates that `word` may be a slip of: 1 - distance / longer length > 0.5, best first, ties by name. Words over 128
/// bytes match nothing.  Source of the rule: Lucene's LevenshteinDistance, as Elasticsearch uses it for unknown names.
std::vector<std::string_view> similar_words(std::string_view word, std::span<const std::string_view> candidates);

/// ` did you mean [x]?`, ` did you mean any of [x, y]?`; empty if nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace selene::base
