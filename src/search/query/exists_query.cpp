#include "search/query/exists_query.h"

#include "search/exec/doc_set_weight.h"
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
  const float score = parent_boost * boost;
  if (field_ == "_id" || field_ == "_index" || field_ == "_source" || field_ == "_seq_no")
    return std::make_unique<MatchAllWeight>(score);
  std::vector<std::string> names;
  const std::string pattern = context.mapping().is_object(field_) ? std::string(field_) + ".*" : std::string(field_);
  for (const index::MappedField* field : context.mapping().match(pattern)) names.push_back(field->name);
  if (names.empty()) return std::make_unique<MatchNoneWeight>();
  auto fill = [names = std::move(names)](const SegmentContext& segment, std::vector<DocId>& docs) {
    for (const std::string& field_name : names) {
      const std::vector<DocId>* const found = segment.reader().docs_with_field(field_name);
      if (found != nullptr) docs.insert(docs.end(), found->begin(), found->end());
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), score, "FieldExistsQuery [field=" + std::string(field_) + "]");
}

}  // namespace selene::search
