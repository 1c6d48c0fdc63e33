#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/rerank/fusion.h"
#include "search/retrievers/retriever.h"

namespace selene::search {

/// What every retriever takes beside its own keys.
struct RetrieverBase {
  std::vector<base::JsonValue> filters;  ///< one query each
  std::optional<float> min_score;        ///< inclusive
  std::string_view name;                 ///< `_name`; empty: none
};

/// One retriever's body while it is read. A view of the request; one parse.
struct RetrieverParser {
  const base::JsonDocument& document;
  std::string_view type;               ///< "standard", ...
  std::vector<std::string_view> keys;  ///< its own, for "did you mean"
  int32_t depth = 1;                   ///< of this retriever in the tree, from 1

  /// `filter`, `min_score`, `_name`. True if it was one of them. Filters are parsed for their errors.
  base::Result<bool> read_base(base::JsonMember member, RetrieverBase& into) const;
  /// `[1:9] [rrf] unknown field [foo]` and perhaps a suggestion.
  base::Error unknown_field(base::JsonMember member) const;
  /// `[1:9] [rrf] failed to parse field [x]`, caused by `cause`.
  base::Error failed_field(base::JsonMember member, base::Error cause) const;
  /// `[1:9] [rrf] x doesn't support values of type: START_OBJECT`.
  base::Error wrong_type(base::JsonMember member) const;

  base::Result<std::string_view> read_text(base::JsonMember member) const;
  base::Result<int32_t> read_count(base::JsonMember member) const;
  base::Result<float> read_number(base::JsonMember member) const;
  base::Result<bool> read_flag(base::JsonMember member) const;
  /// Errors: `Unknown normalizer [aardvark]` as the cause.
  base::Result<ScoreNormalizer> read_normalizer(base::JsonMember member) const;
  /// A sub-retriever, one level deeper.
  base::Result<std::unique_ptr<Retriever>> read_retriever(base::JsonMember member) const;
  /// Fails on what is no query.
  base::Status check_query(base::JsonMember member) const;
  /// kIllegalArgument `Required [a, b]` naming what is missing; success if nothing is.
  static base::Status check_required(const std::vector<std::pair<std::string_view, bool>>& given);
};

/// Checks of section "rank window" that all compounds share; then validates `children`.
void validate_compound(const Retriever& node, std::string_view window_key, const std::vector<const Retriever*>& children,
                       RetrieverValidation& validation);

/// What failed children become: a status_exception with the status of the worst of `errors` (at least one), which are attached as
/// suppressed. A cancelled search stays that.
base::Error compound_failure(std::string_view type, const std::vector<std::string_view>& child_names,
                             std::vector<base::Error> errors);
base::Error compound_failure(std::string_view type, const std::vector<std::string_view>& child_names, base::Error error);

}  // namespace selene::search
