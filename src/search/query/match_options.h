#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/query/query.h"

namespace selene::search {

/// How many edits turn a query term into an index term: AUTO (AUTO:3,6) by length, or a number up to 2.
struct Fuzziness {
  int32_t low = 3;     ///< AUTO: shorter terms must be equal
  int32_t high = 6;    ///< AUTO: from here on two edits
  int32_t fixed = -1;  ///< 0..2; -1: AUTO
  /// `length` in code points.
  int32_t max_edits(int32_t length) const { return fixed >= 0 ? fixed : length < low ? 0 : length < high ? 1 : 2; }
  /// Errors: kIllegalArgument.
  static base::Result<Fuzziness> parse(std::string_view text);
};

struct FuzzyOptions {
  Fuzziness fuzziness;
  int32_t prefix_length = 0;  ///< code points that must be equal
  int32_t max_expansions = 50;
  bool transpositions = true;
};

/// What the match family shares.
struct MatchOptions {
  bool operator_and = false;
  std::string minimum_should_match;
  std::string_view analyzer;  ///< empty: the field's search analyzer
  bool zero_terms_all = false;
  bool lenient = false;
  int32_t slop = 0;
  std::optional<Fuzziness> fuzziness;
  int32_t prefix_length = 0;
  int32_t max_expansions = 50;
  bool fuzzy_transpositions = true;
  bool synonym_phrases = true;  ///< auto_generate_synonyms_phrase_query
};

/// Reads one key of `operator minimum_should_match analyzer zero_terms_query lenient slop fuzziness prefix_length max_expansions
/// fuzzy_transpositions fuzzy_rewrite auto_generate_synonyms_phrase_query`. True if it was one of them.
base::Result<bool> read_match_option(base::JsonMember member, MatchOptions& options);

}  // namespace selene::search
