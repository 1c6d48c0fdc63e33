#include "search/query/terms_query.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

constexpr size_t kMaxTermsCount = 65536;  // index.max_terms_count

/// The terms of a text or keyword field.
WeightPtr text_terms_weight(const index::MappedField& field, base::JsonValue values, float boost) {
  std::vector<std::string> terms;
  for (const base::JsonValue value : values.as_array()) terms.push_back(normalized_term(field, scalar_text(value)));
  auto fill = [name = field.name, terms = std::move(terms)](const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::FieldTerms* const field_terms = segment.reader().terms(name);
    if (field_terms == nullptr) return;
    for (const std::string& term : terms) {
      if (const auto meta = field_terms->find(term)) append_postings(field_terms->postings(*meta), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":(...)");
}

}  // namespace

base::Result<QueryPtr> TermsQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<TermsQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.value.is_object()) {
      return parsing_error(parser, member.value,
                           "[terms] query: the lookup of terms from a document is not supported, give an array of values");
    }
    if (!member.value.is_array()) return unsupported_key(parser, "terms", member);
    if (query->values_.exists()) {
      return parsing_error(parser, member.value, base::format("[terms] query does not support multiple fields"));
    }
    for (const base::JsonValue value : member.value.as_array()) {
      if (value.is_null()) return base::Error(base::ErrorCode::kIllegalArgument, "No value specified for terms query");
      if (value.is_object() || value.is_array()) {
        return parsing_error(parser, value, base::format("[terms] query expects plain values, found [{}]", token_name(value)));
      }
    }
    query->field_ = member.key;
    query->values_ = member.value;
  }
  if (!query->values_.exists()) {
    return parsing_error(parser, body,
                         "[terms] query requires a field name, followed by array of terms or a document lookup specification");
  }
  return query;
}

base::Result<WeightPtr> TermsQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const size_t num_values = values_.as_array().size();
  if (num_values > kMaxTermsCount) {
    return base::Error(
        base::ErrorCode::kIllegalArgument,
        "The number of terms [{}] used in the Terms Query request has exceeded the allowed maximum of [{}]. This maximum can "
        "be set by changing the [index.max_terms_count] index level setting.",
        num_values, kMaxTermsCount);
  }
  const float score = parent_boost * boost;
  const index::MappedField* const field = context.mapping().find(field_);
  if (field != nullptr && holds_terms(*field)) {
    RETURN_IF_ERROR(check_searchable(*field));
    return text_terms_weight(*field, values_, score);
  }
  std::vector<WeightPtr> weights;
  for (const base::JsonValue value : values_.as_array()) {
    ASSIGN_OR_RETURN(WeightPtr weight, exact_weight(context, field_, value, score));
    weights.push_back(std::move(weight));
  }
  return std::make_unique<ConstantScoreWeight>(make_disjunction(std::move(weights), mode), score);
}

}  // namespace selene::search
