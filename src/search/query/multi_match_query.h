#pragma once

#include "search/query/match_weights.h"
#include "search/query/query.h"

namespace selene::search {

/// One text against several fields: `query`, `fields` (wildcards, `^boost`), `type`, `tie_breaker` and what match takes.
class MultiMatchQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  enum class Type : uint8_t { kBestFields, kMostFields, kCrossFields, kPhrase, kPhrasePrefix, kBoolPrefix };
  base::Status read_key(const QueryParser& parser, base::JsonMember member);
  MatchKind kind() const;

  base::JsonValue text_;
  std::vector<std::string> fields_;  ///< as given, with ^boost
  Type type_ = Type::kBestFields;
  float tie_breaker_ = -1;  ///< negative: the default of the type
  MatchOptions options_;
};

}  // namespace selene::search
