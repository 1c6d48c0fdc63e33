#include "search/query/exists_query.h"

#include "search/exec/doc_set_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> ExistsQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<ExistsQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key != "field" || !member.value.is_string()) return unsupported_key(parser, "exists", member);
    query->field_ = member.value.as_string();
  }
  if (query->field_.empty()) return parsing_error(parser, body, "[exists] must be provided with a [field]");
  return query;
}

base::Result<WeightPtr> ExistsQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  return exists_weight(context, field_, parent_boost * boost);
}

base::Result<WeightPtr> exists_weight(const BindContext& context, std::string_view field_name, float score) {
  if (field_name == "_id" || field_name == "_index" || field_name == "_source" || field_name == "_seq_no")
    return std::make_unique<MatchAllWeight>(score);
  if (const index::MappedField* const field = context.mapping().find(field_name); field != nullptr) {
    if (field->type == index::FieldType::kConstantKeyword)
      return constant_keyword_weight(
          *field, [](std::string_view) { return true; }, score);
    if (!field->flattened_key.empty()) return term_range_weight(*field, {}, score);
  }
  std::vector<std::string> names;
  if (field_name == "_ignored") names.emplace_back(index::kIgnoredField);
  const std::string pattern = context.mapping().is_object(field_name) ? std::string(field_name) + ".*" : std::string(field_name);
  for (const index::MappedField* field : context.mapping().match(pattern)) names.push_back(field->name);
  if (names.empty()) return std::make_unique<MatchNoneWeight>();
  FilterKey key;
  key.kind('e');
  for (const std::string& name : names) key.add(name);
  auto fill = [names = std::move(names)](const SegmentContext& segment, std::vector<DocId>& docs) {
    for (const std::string& found_name : names) {
      const std::vector<DocId>* const found = segment.reader().docs_with_field(found_name);
      if (found != nullptr) docs.insert(docs.end(), found->begin(), found->end());
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), score, "FieldExistsQuery [field=" + std::string(field_name) + "]",
                                        std::move(key));
}

}  // namespace selene::search
