#include "search/request/knn_section.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/knn_query.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

class AnyOfQuery final : public Query {
 public:
  explicit AnyOfQuery(std::vector<QueryPtr> queries) : queries_(std::move(queries)) {}
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override {
    std::vector<WeightPtr> weights;
    for (const QueryPtr& query : queries_) {
      ASSIGN_OR_RETURN(WeightPtr weight, query->weight(context, mode, parent_boost));
      weights.push_back(std::move(weight));
    }
    return make_disjunction(std::move(weights), mode);
  }
  std::vector<const Query*> children() const override {
    std::vector<const Query*> all;
    for (const QueryPtr& query : queries_) all.push_back(query.get());
    return all;
  }

 private:
  std::vector<QueryPtr> queries_;
};

}  // namespace

base::Result<std::vector<base::JsonValue>> parse_knn_section(const base::JsonDocument* document, base::JsonMember member) {
  if (!member.value.is_object() && !member.value.is_array()) {
    return parsing_error({document, 0}, member.value,
                         base::format("unknown key for a {} in [{}].", token_name(member.value), member.key));
  }
  std::vector<base::JsonValue> searches;
  if (member.value.is_object()) searches.push_back(member.value);
  if (member.value.is_array()) {
    for (const base::JsonValue search : member.value.as_array()) searches.push_back(search);
  }
  for (const base::JsonValue search : searches) {
    QueryParser parser{document, 0};
    if (!search.is_object()) {
      return x_content_error(
          document, search,
          base::format("malformed knn format, within the knn search array only objects are allowed; found {}", token_name(search)));
    }
    RETURN_IF_ERROR(KnnQuery::parse_search(parser, search));
  }
  return searches;
}

base::Result<QueryPtr> with_knn_searches(const base::JsonDocument* document, QueryPtr query,
                                         const std::vector<base::JsonValue>& searches) {
  std::vector<QueryPtr> queries;
  if (query != nullptr) queries.push_back(std::move(query));
  for (const base::JsonValue search : searches) {
    QueryParser parser{document, 0};
    ASSIGN_OR_RETURN(QueryPtr knn, KnnQuery::parse_search(parser, search));
    queries.push_back(std::move(knn));
  }
  if (queries.size() == 1) return std::move(queries.front());
  return std::make_unique<AnyOfQuery>(std::move(queries));
}

}  // namespace selene::search
