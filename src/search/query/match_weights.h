#pragma once

#include <string_view>

#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

/// How the terms of a text combine.
enum class MatchKind : uint8_t {
  kBoolean,       ///< any or all of the terms
  kPhrase,        ///< all, in order
  kPhrasePrefix,  ///< all, in order, the last one a prefix
  kBoolPrefix,    ///< any or all, the last one a prefix
};

/// The text of a match query against one field: analysed for text fields, taken as one value for all others. Unmapped: nothing.
/// Errors: kQueryShard (unknown analyzer), kIllegalArgument (no positions), kNumberFormat, kParse (unless lenient).
base::Result<WeightPtr> match_weight(const BindContext& context, std::string_view field, base::JsonValue text,
                                     const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost);

/// One term of an analysed text.
struct AnalysedTerm {
  std::string text;
  int32_t position = 0;
  int32_t position_length = 1;  ///< more in a graph of multi-word synonyms
  bool hole_behind = false;     ///< the last term, and a stop word stood behind it
};
/// The terms of a query text: by `analyzer` if that is named, else by the field's (phrases may have one of their own).
base::Result<std::vector<AnalysedTerm>> analyse_query(const BindContext& context, const index::MappedField& field,
                                                      std::string_view text, std::string_view analyzer, MatchKind kind);

}  // namespace selene::search
