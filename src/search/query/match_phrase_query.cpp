#include "search/query/match_phrase_query.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {

class PhraseParser {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, std::string_view name, MatchKind kind, base::JsonValue body) {
    ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, name, body));
    auto query = std::make_unique<MatchPhraseQuery>();
    query->kind_ = kind;
    query->field_ = field.key;
    query->text_ = field.value;
    if (field.value.is_array()) {
      return parsing_error(parser, field.value, base::format("[{}] unknown token [START_ARRAY] after [{}]", name, field.key));
    }
    if (field.value.is_object()) {
      query->text_ = {};
      RETURN_IF_ERROR(read_body(parser, name, field.value, *query));
    }
    if (query->text_.is_null()) return base::Error(base::ErrorCode::kIllegalArgument, "[{}] requires query value", name);
    return query;
  }

 private:
  static base::Status read_body(const QueryParser& parser, std::string_view name, base::JsonValue body, MatchPhraseQuery& query) {
    static constexpr std::array<std::string_view, 4> kOptions = {"analyzer", "max_expansions", "slop", "zero_terms_query"};
    for (const base::JsonMember member : body.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(query, member));
      if (common) continue;
      if (member.key == "query" && !member.value.is_object() && !member.value.is_array()) {
        query.text_ = member.value;
        continue;
      }
      const bool allowed = std::find(kOptions.begin(), kOptions.end(), member.key) != kOptions.end() &&
                           (member.key != "max_expansions" || query.kind_ == MatchKind::kPhrasePrefix);
      ASSIGN_OR_RETURN(const bool known, allowed ? read_match_option(member, query.options_) : base::Result<bool>(false));
      if (!known) return unsupported_key(parser, name, member);
    }
    return {};
  }
};

base::Result<QueryPtr> MatchPhraseQuery::parse(QueryParser& parser, base::JsonValue body) {
  return PhraseParser::parse(parser, "match_phrase", MatchKind::kPhrase, body);
}

base::Result<QueryPtr> MatchPhraseQuery::parse_prefix(QueryParser& parser, base::JsonValue body) {
  return PhraseParser::parse(parser, "match_phrase_prefix", MatchKind::kPhrasePrefix, body);
}

base::Result<WeightPtr> MatchPhraseQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  return match_weight(context, field_, text_, options_, kind_, mode, parent_boost * boost);
}

}  // namespace selene::search
