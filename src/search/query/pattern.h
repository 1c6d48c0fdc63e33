#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

enum class CaseMatching : uint8_t { kSensitive, kInsensitive };

/// A pattern over terms: code points, `?` for any one, `*` for any run, `\` before a literal one. Matching never backtracks over
/// more than the last `*`: at most term length times pattern length steps.
class TermPattern {
 public:
  static TermPattern literal(std::string_view text, CaseMatching matching);
  static TermPattern prefix(std::string_view text, CaseMatching matching);
  static TermPattern wildcard(std::string_view text, CaseMatching matching);

  /// `steps`: gets how many symbols were compared; null: nobody asks.
  bool matches(std::string_view term, int64_t* steps = nullptr) const;
  void add_to(FilterKey& key) const;
  /// Bytes every matching term starts with; empty if case does not matter.
  const std::string& fixed_prefix() const { return fixed_prefix_; }

 private:
  static constexpr int32_t kAnyOne = -1;
  static constexpr int32_t kAnyRun = -2;
  void add(int32_t code_point) { symbols_.push_back(code_point); }
  void finish();
  bool walk(std::string_view term, int64_t& compared) const;

  std::vector<int32_t> symbols_;
  CaseMatching matching_ = CaseMatching::kSensitive;
  std::string fixed_prefix_;
};

/// Documents with a term that matches, constant score.
WeightPtr pattern_weight(const BindContext& context, const index::MappedField& field, TermPattern pattern, float boost);

/// Terms within some edits of `term`: the best `max_expansions` by similarity, scored by BM25 with the largest document frequency
/// of them, times the similarity (Lucene's FuzzyQuery).
WeightPtr fuzzy_weight(const BindContext& context, const index::MappedField& field, std::string_view term,
                       const FuzzyOptions& options, ScoreMode mode, float boost);

/// Edits (insert, delete, replace; swap of neighbours if asked) between two texts; more than `limit` reads as limit + 1.
int32_t edit_distance(const std::vector<int32_t>& a, const std::vector<int32_t>& b, int32_t limit, bool transpositions);
/// Code points of UTF-8; what is ill-formed reads as U+FFFD.
std::vector<int32_t> code_points(std::string_view text);

}  // namespace selene::search
