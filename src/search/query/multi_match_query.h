#pragma once

#include "search/query/field_patterns.h"
#include "search/query/match_weights.h"
#include "search/query/query.h"

namespace selene::search {

enum class MultiMatchType : uint8_t { kBestFields, kMostFields, kCrossFields, kPhrase, kPhrasePrefix, kBoolPrefix };
/// Errors: kParse `failed to parse [multi_match] query type [x]. unknown type.`
base::Result<MultiMatchType> parse_multi_match_type(std::string_view name);
/// One text against fields that are resolved already. `tie_breaker` < 0: the default of the type.
base::Result<WeightPtr> multi_match_weight(const BindContext& context, const std::vector<BoostedField>& fields,
                                           base::JsonValue text, const MatchOptions& options, MultiMatchType type,
                                           float tie_breaker, ScoreMode mode, float boost);

/// One text against several fields: `query`, `fields` (wildcards, `^boost`), `type`, `tie_breaker` and what match takes.
class MultiMatchQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  using Type = MultiMatchType;
  base::Status read_key(const QueryParser& parser, base::JsonMember member);

  base::JsonValue text_;
  std::vector<std::string> fields_;  ///< as given, with ^boost
  Type type_ = Type::kBestFields;
  float tie_breaker_ = -1;  ///< negative: the default of the type
  MatchOptions options_;
};

}  // namespace selene::search
