#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selene::search {

/// A place in a text that a query looks for. Offsets: UTF-16 code units of all values joined by one unit each, [start, end).
struct HighlightMatch {
  int32_t start = 0;
  int32_t end = 0;
  int32_t term = 0;  ///< which term or phrase: one that stands twice in a passage counts less the second time
};

/// How passages are cut out of a text, chosen and shown.
struct PassageOptions {
  enum class Boundary : uint8_t { kSentence, kWord };
  enum class Order : uint8_t { kText, kScore };
  Boundary boundary = Boundary::kSentence;
  Order order = Order::kText;
  int32_t fragment_size = 100;      ///< UTF-16 code units; 0: whole sentences, however long
  int32_t number_of_fragments = 5;  ///< 0: whole values
  int32_t no_match_size = 0;
  bool escapes_html = false;
  std::string pre_tag = "<em>";
  std::string post_tag = "</em>";
};

/// The best passages of a field's values, with the matches between tags. `matches`: ascending. Without matches the start of the
/// text, if `no_match_size` says so. Sentences are joined up to `fragment_size`; longer ones are cut at word boundaries around the
/// match. Scores are Lucene's PassageScorer: BM25 with k1 = 1.2, b = 0.75, pivot 87, earlier passages weigh more.
/// Source: Lucene UnifiedHighlighter and PassageScorer.
std::vector<std::string> highlight_passages(const std::vector<std::string_view>& values, const std::vector<HighlightMatch>& matches,
                                            const PassageOptions& options);

}  // namespace selene::search
