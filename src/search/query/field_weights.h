#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/query/field_values.h"
#include "search/query/query.h"

namespace selene::search {

/// An exact value of a field, as `term` means it: text and keyword by BM25 on the term as given, boolean by BM25 without norms,
/// numbers and dates with a constant score. An unmapped field matches nothing. `_id` and `_index` work too.
/// Errors: kNumberFormat, kIllegalArgument (`Cannot search on field [f] since it is not indexed.`), kParse.
base::Result<WeightPtr> exact_weight(const BindContext& context, std::string_view field, base::JsonValue value, float boost);
/// One term of a text or keyword field by BM25; a term that stands nowhere matches nothing.
WeightPtr text_term_weight(const BindContext& context, const index::MappedField& field, std::string_view term, float boost);
/// `weight` as the field scores it: fields without scores of their own (match_only_text) give every match `boost`.
WeightPtr scored_as(const index::MappedField& field, WeightPtr weight, float boost);
/// A query value as the field's terms are written: through the normalizer of a keyword field that has one.
std::string normalized_term(const index::MappedField& field, std::string_view text);
/// Encoded values in [low, high], constant score.
WeightPtr numeric_range_weight(const index::MappedField& field, const EncodedRange& range, float boost);
/// Documents with one of these ids, constant score.
WeightPtr ids_weight(std::vector<std::string> ids, float boost);
/// kIllegalArgument unless the field can be searched.
base::Status check_searchable(const index::MappedField& field);
/// text, keyword, wildcard, flattened and its keys: terms that are texts.
inline bool holds_terms(const index::MappedField& field) {
  return field.type == index::FieldType::kText || field.type == index::FieldType::kKeyword ||
         field.type == index::FieldType::kWildcard || field.type == index::FieldType::kFlattened;
}
/// Where the terms of a field stand: a key of a flattened field has its terms in another field, behind the key.
struct TermPlace {
  const index::MappedField& field;
  std::string prefix;  ///< in front of each term
};
TermPlace term_place(const index::MappedField& field);
/// The documents of terms in [low, high] of a field, constant score; an empty bound is open.
struct TermBounds {
  std::optional<std::string> low;
  std::optional<std::string> high;
  bool low_inclusive = true;
  bool high_inclusive = true;
};
WeightPtr term_range_weight(const index::MappedField& field, TermBounds bounds, float boost);
/// Addresses of an ip field that equal a text, or lie in its network (10.0.0.0/8). Errors: kIllegalArgument.
base::Result<WeightPtr> ip_weight(const index::MappedField& field, std::string_view text, float boost);
/// kQueryShard unless `field` takes patterns: `Can only use prefix queries on keyword, text and wildcard fields - ...`.
base::Status check_takes_patterns(const index::MappedField& field, std::string_view query);
/// All documents or none: whether the value of a constant_keyword field satisfies `matches`.
WeightPtr constant_keyword_weight(const index::MappedField& field, const std::function<bool(std::string_view)>& matches,
                                  float boost);

}  // namespace selene::search
