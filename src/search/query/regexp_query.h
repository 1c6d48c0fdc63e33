#pragma once

#include "search/query/query.h"
#include "search/query/regexp_automaton.h"

namespace selene::search {

/// Terms that match a regular expression, constant score: {"regexp": {"f": {"value", "flags", "case_insensitive",
/// "max_determinized_states"}}}.
class RegexpQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  std::string value_;
  RegexpOptions options_;
};

/// The documents with a term that matches. Errors: kIllegalArgument (a bad pattern, longer than index.max_regex_length); where a
/// term shows that the pattern is too complex, the context's runtime_error is told (kQueryShard).
base::Result<WeightPtr> regexp_weight(const BindContext& context, const index::MappedField& field, std::string_view pattern,
                                      const RegexpOptions& options, float boost);

}  // namespace selene::search
