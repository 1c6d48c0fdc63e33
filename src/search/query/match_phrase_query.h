#pragma once

#include "search/query/match_weights.h"
#include "search/query/query.h"

namespace selene::search {

/// The terms of a text in order: {"match_phrase": {"f": "text"}} or {"f": {"query", "slop", "analyzer", "zero_terms_query"}};
/// match_phrase_prefix reads the last term as a prefix (`max_expansions`).
class MatchPhraseQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  static base::Result<QueryPtr> parse_prefix(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue text_;
  MatchOptions options_;
  MatchKind kind_ = MatchKind::kPhrase;
  friend class PhraseParser;
};

}  // namespace selene::search
