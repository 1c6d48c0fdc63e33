#pragma once

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
inline bool holds_terms(const index::MappedField& field) {
  return field.type == index::FieldType::kText || field.type == index::FieldType::kKeyword;
}

}  // namespace selene::search
