#include "search/query/terms_query.h"

#include "base/format.h"
#include "base/json/json_writer.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

constexpr int64_t kMaxTermsCount = 65536;  // index.max_terms_count, unless it is set

/// The terms of a text or keyword field.
WeightPtr text_terms_weight(const index::MappedField& field, base::JsonValue values, float boost) {
  std::vector<std::string> terms;
  const TermPlace place = term_place(field);
  for (const base::JsonValue value : values.as_array()) terms.push_back(place.prefix + normalized_term(field, scalar_text(value)));
  FilterKey key;
  key.kind('m').add(place.field.name);
  for (const std::string& term : terms) key.add(term);
  auto fill = [name = place.field.name, terms = std::move(terms)](const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::FieldTerms* const field_terms = segment.reader().terms(name);
    if (field_terms == nullptr) return;
    for (const std::string& term : terms) {
      if (const auto meta = field_terms->find(term)) append_postings(field_terms->postings(*meta), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":(...)", std::move(key));
}

}  // namespace

base::Result<QueryPtr> TermsQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<TermsQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.value.is_object()) {
      query->field_ = member.key;
      ASSIGN_OR_RETURN(query->lookup_, read_lookup(parser, member.value));
      continue;
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
  if (!query->values_.exists() && !query->lookup_) {
    return parsing_error(parser, body,
                         "[terms] query requires a field name, followed by array of terms or a document lookup specification");
  }
  return query;
}

base::Result<TermsQuery::Lookup> TermsQuery::read_lookup(const QueryParser& parser, base::JsonValue body) {
  Lookup lookup;
  for (const base::JsonMember member : body.as_object()) {
    if (member.key == "index") {
      lookup.index = scalar_text(member.value);
    } else if (member.key == "id") {
      lookup.id = scalar_text(member.value);
    } else if (member.key == "path") {
      lookup.path = scalar_text(member.value);
    } else if (member.key != "routing" && member.key != "store") {
      return x_content_error(parser.document, member.value, base::format("[terms_lookup] unknown field [{}]", member.key));
    }
  }
  for (const auto& [name, text] :
       {std::pair<std::string_view, const std::string*>{"index", &lookup.index}, {"id", &lookup.id}, {"path", &lookup.path}}) {
    if (text->empty()) return base::Error(base::ErrorCode::kIllegalArgument, "Required [{}]", name);
  }
  return lookup;
}

namespace {

void collect_values(base::JsonValue value, std::string_view path, base::JsonWriter& out) {
  if (value.is_array()) {
    for (const base::JsonValue element : value.as_array()) collect_values(element, path, out);
  } else if (path.empty()) {
    if (value.exists() && !value.is_null() && !value.is_object()) out.value(value);
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.as_object()) {
      if (key == path)
        collect_values(member, {}, out);
      else if (path.size() > key.size() + 1 && path.starts_with(key) && path[key.size()] == '.')
        collect_values(member, path.substr(key.size() + 1), out);
    }
  }
}

}  // namespace

base::Result<WeightPtr> TermsQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  if (!lookup_) return values_weight(context, values_, mode, parent_boost * boost);
  if (context.lookup == nullptr) return base::Error(base::ErrorCode::kIllegalArgument, "[terms] cannot look up documents here");
  ASSIGN_OR_RETURN(const auto source, (*context.lookup)(lookup_->index, lookup_->id));
  if (!source) return std::make_unique<MatchNoneWeight>();
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(*source));
  base::JsonWriter out;
  out.begin_array();
  collect_values(document.root(), lookup_->path, out);
  out.end_array();
  ASSIGN_OR_RETURN(const base::JsonDocument values, base::JsonDocument::parse(out.text()));
  return values_weight(context, values.root(), mode, parent_boost * boost);
}

base::Result<WeightPtr> TermsQuery::values_weight(const BindContext& context, base::JsonValue values, ScoreMode mode,
                                                  float score) const {
  const auto num_values = static_cast<int64_t>(values.as_array().size());
  const int64_t max_values = context.limit("index.max_terms_count", kMaxTermsCount);
  if (num_values > max_values) {
    return base::Error(
        base::ErrorCode::kIllegalArgument,
        "The number of terms [{}] used in the Terms Query request has exceeded the allowed maximum of [{}]. This maximum can "
        "be set by changing the [index.max_terms_count] index level setting.",
        num_values, max_values);
  }
  const index::MappedField* const field = context.mapping().find(field_);
  if (field != nullptr && holds_terms(*field)) {
    RETURN_IF_ERROR(check_searchable(*field));
    return text_terms_weight(*field, values, score);
  }
  std::vector<WeightPtr> weights;
  for (const base::JsonValue value : values.as_array()) {
    ASSIGN_OR_RETURN(WeightPtr weight, exact_weight(context, field_, value, score));
    weights.push_back(std::move(weight));
  }
  return std::make_unique<ConstantScoreWeight>(make_disjunction(std::move(weights), mode), score);
}

}  // namespace selene::search
