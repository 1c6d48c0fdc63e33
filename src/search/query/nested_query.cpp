#include "search/query/nested_query.h"

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;

base::Result<QueryPtr> NestedQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<NestedQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    const std::string_view key = member.key;
    if (key == "query") {
      ASSIGN_OR_RETURN(query->query_, parse_query(parser, member.value));
    } else if (key == "path" && member.value.is_string()) {
      query->path_ = member.value.as_string();
    } else if (key == "ignore_unmapped") {
      ASSIGN_OR_RETURN(query->ignore_unmapped_, read_bool(member.value, key));
    } else if (key == "score_mode" && member.value.is_string()) {
      const std::string_view name = member.value.as_string();
      constexpr std::pair<std::string_view, NestedScoreMode> kModes[] = {
          {"avg", NestedScoreMode::kAvg}, {"sum", NestedScoreMode::kSum},   {"max", NestedScoreMode::kMax},
          {"min", NestedScoreMode::kMin}, {"none", NestedScoreMode::kNone},
      };
      bool found = false;
      for (const auto& [text, mode] : kModes) {
        if (text != name) continue;
        query->score_mode_ = mode;
        found = true;
      }
      if (!found) return Error(ErrorCode::kIllegalArgument, "No score mode for child query [{}] found", name);
    } else if (key == "inner_hits" && member.value.is_object()) {
      query->inner_hits_ = member.value;
    } else {
      return unsupported_key(parser, "nested", member);
    }
  }
  if (query->path_.empty()) return Error(ErrorCode::kIllegalArgument, "[nested] requires 'path' field");
  if (query->query_ == nullptr) return Error(ErrorCode::kIllegalArgument, "[nested] requires 'query' field");
  return query;
}

base::Result<WeightPtr> NestedQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  if (!context.mapping().is_nested(path_)) {
    if (ignore_unmapped_) return std::make_unique<MatchNoneWeight>();
    return Error(ErrorCode::kIllegalState, "[nested] failed to find nested object under path [{}]", path_);
  }
  const NestedScoreMode score_mode = mode == ScoreMode::kNone ? NestedScoreMode::kNone : score_mode_;
  ASSIGN_OR_RETURN(
      WeightPtr objects,
      nested_objects_weight(context, *query_, path_, score_mode == NestedScoreMode::kNone ? ScoreMode::kNone : ScoreMode::kComplete,
                            parent_boost * boost));
  return std::make_unique<NestedWeight>(std::move(objects), std::string(path_), std::string(context.nested_scope), score_mode);
}

std::optional<InnerHits> NestedQuery::inner_hits() const {
  if (!inner_hits_.exists()) return std::nullopt;
  return InnerHits{path_, query_.get(), inner_hits_};
}

base::Result<WeightPtr> nested_objects_weight(const BindContext& context, const Query& query, std::string_view path, ScoreMode mode,
                                              float boost) {
  BindContext inner = context;
  inner.nested_scope = path;
  ASSIGN_OR_RETURN(WeightPtr weight, query.weight(inner, mode, boost));
  return std::make_unique<NestedDocsWeight>(std::move(weight), std::string(path));
}

}  // namespace selene::search
