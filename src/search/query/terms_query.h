#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Any of some exact values, constant score: {"terms": {"f": ["a", "b"]}}, or the values of another document
/// {"terms": {"f": {"index", "id", "path"}}}.
class TermsQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  struct Lookup {
    std::string index;
    std::string id;
    std::string path;
  };
  base::Result<WeightPtr> values_weight(const BindContext& context, base::JsonValue values, ScoreMode mode, float score) const;
  static base::Result<Lookup> read_lookup(const QueryParser& parser, base::JsonValue body);

  std::string_view field_;
  base::JsonValue values_;        ///< an array
  std::optional<Lookup> lookup_;  ///< instead of `values_`
};

}  // namespace selene::search
