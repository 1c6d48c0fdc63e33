#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/levenshtein.h"
#include "search/query/bool_query.h"
#include "search/query/boosting_query.h"
#include "search/query/constant_score_query.h"
#include "search/query/dis_max_query.h"
#include "search/query/distance_feature_query.h"
#include "search/query/exists_query.h"
#include "search/query/function_score_query.h"
#include "search/query/fuzzy_query.h"
#include "search/query/ids_query.h"
#include "search/query/knn_query.h"
#include "search/query/match_all_query.h"
#include "search/query/match_bool_prefix_query.h"
#include "search/query/match_phrase_query.h"
#include "search/query/match_query.h"
#include "search/query/more_like_this_query.h"
#include "search/query/multi_match_query.h"
#include "search/query/nested_query.h"
#include "search/query/parse_support.h"
#include "search/query/pinned_query.h"
#include "search/query/prefix_query.h"
#include "search/query/query_string_query.h"
#include "search/query/range_query.h"
#include "search/query/rank_feature_query.h"
#include "search/query/regexp_query.h"
#include "search/query/rule_query.h"
#include "search/query/script_query.h"
#include "search/query/semantic_query.h"
#include "search/query/sparse_vector_query.h"
#include "search/query/term_query.h"
#include "search/query/terms_query.h"
#include "search/query/terms_set_query.h"
#include "search/query/weighted_tokens_query.h"
#include "search/query/wildcard_query.h"

namespace selene::search {
namespace {

constexpr int32_t kMaxNestedDepth = 30;

/// The whole Query DSL, sorted.
constexpr QueryEntry kQueries[] = {
    {"bool", &BoolQuery::parse},
    {"boosting", &BoostingQuery::parse},
    {"constant_score", &ConstantScoreQuery::parse},
    {"dis_max", &DisMaxQuery::parse},
    {"distance_feature", &DistanceFeatureQuery::parse},
    {"exists", &ExistsQuery::parse},
    {"function_score", &FunctionScoreQuery::parse},
    {"fuzzy", &FuzzyQuery::parse},
    {"ids", &IdsQuery::parse},
    {"knn", &KnnQuery::parse},
    {"match", &MatchQuery::parse},
    {"match_all", &MatchAllQuery::parse},
    {"match_bool_prefix", &MatchBoolPrefixQuery::parse},
    {"match_none", &MatchNoneQuery::parse},
    {"match_phrase", &MatchPhraseQuery::parse},
    {"match_phrase_prefix", &MatchPhraseQuery::parse_prefix},
    {"more_like_this", &MoreLikeThisQuery::parse},
    {"multi_match", &MultiMatchQuery::parse},
    {"nested", &NestedQuery::parse},
    {"pinned", &PinnedQuery::parse},
    {"prefix", &PrefixQuery::parse},
    {"query_string", &QueryStringQuery::parse},
    {"range", &RangeQuery::parse},
    {"rank_feature", &RankFeatureQuery::parse},
    {"regexp", &RegexpQuery::parse},
    {"rule", &RuleQuery::parse},
    {"script", &ScriptQuery::parse},
    {"script_score", &ScriptScoreQuery::parse},
    {"semantic", &SemanticQuery::parse},
    {"simple_query_string", &SimpleQueryStringQuery::parse},
    {"sparse_vector", &SparseVectorQuery::parse},
    {"term", &TermQuery::parse},
    {"terms", &TermsQuery::parse},
    {"terms_set", &TermsSetQuery::parse},
    {"text_expansion", &WeightedTokensQuery::parse_text_expansion},
    {"weighted_tokens", &WeightedTokensQuery::parse},
    {"wildcard", &WildcardQuery::parse},
};

base::Error unknown_query(const QueryParser& parser, base::JsonMember member) {
  std::vector<std::string_view> names;
  for (const QueryEntry& entry : kQueries) names.push_back(entry.name);
  return parsing_error(parser, member.value,
                       base::format("unknown query [{}]{}", member.key, base::did_you_mean(member.key, names)));
}

/// Counts one level of nesting while it lives.
class DepthGuard {
 public:
  explicit DepthGuard(QueryParser& parser) : parser_(parser) { ++parser_.depth; }
  ~DepthGuard() { --parser_.depth; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  QueryParser& parser_;
};

}  // namespace

base::Result<QueryPtr> parse_query(QueryParser& parser, base::JsonValue value) {
  if (!value.is_object()) return parsing_error(parser, value, "[_na] query malformed, must start with start_object");
  const base::JsonObject object = value.as_object();
  if (object.empty()) return base::Error(base::ErrorCode::kIllegalArgument, "query malformed, empty clause found");
  const base::JsonMember member = *object.begin();
  if (!member.value.is_object()) {
    return parsing_error(parser, member.value, base::format("[{}] query malformed, no start_object after query name", member.key));
  }
  const auto* const entry = std::lower_bound(std::begin(kQueries), std::end(kQueries), member.key,
                                             [](const QueryEntry& e, std::string_view name) { return e.name < name; });
  if (entry == std::end(kQueries) || entry->name != member.key) return unknown_query(parser, member);
  const DepthGuard guard(parser);
  if (parser.depth > kMaxNestedDepth) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "The nested depth of the query exceeds the maximum nested depth for bool queries set in "
                       "[indices.query.bool.max_nested_depth]");
  }
  ASSIGN_OR_RETURN(QueryPtr query, entry->parse(parser, member.value));
  if (auto second = ++object.begin(); second != object.end()) {
    return parsing_error(parser, (*second).value,
                         base::format("[{}] malformed query, expected [END_OBJECT] but found [FIELD_NAME]", member.key));
  }
  return query;
}

}  // namespace selene::search
