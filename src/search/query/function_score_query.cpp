#include "search/query/function_score_query.h"

#include "base/format.h"
#include "search/exec/min_score_weight.h"
#include "search/query/filter_context.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

std::string upper(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

Result<FunctionScoreMode> parse_score_mode(std::string_view name) {
  constexpr std::pair<std::string_view, FunctionScoreMode> kModes[] = {
      {"multiply", FunctionScoreMode::kMultiply}, {"sum", FunctionScoreMode::kSum}, {"avg", FunctionScoreMode::kAvg},
      {"first", FunctionScoreMode::kFirst},       {"max", FunctionScoreMode::kMax}, {"min", FunctionScoreMode::kMin},
  };
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  return Error(ErrorCode::kIllegalArgument,
               "No enum constant org.elasticsearch.common.lucene.search.function.FunctionScoreQuery.ScoreMode.{}", upper(name));
}

Result<FunctionBoostMode> parse_boost_mode(std::string_view name) {
  constexpr std::pair<std::string_view, FunctionBoostMode> kModes[] = {
      {"multiply", FunctionBoostMode::kMultiply}, {"replace", FunctionBoostMode::kReplace}, {"sum", FunctionBoostMode::kSum},
      {"avg", FunctionBoostMode::kAvg},           {"max", FunctionBoostMode::kMax},         {"min", FunctionBoostMode::kMin},
  };
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  return Error(ErrorCode::kIllegalArgument, "No enum constant org.elasticsearch.common.lucene.search.function.CombineFunction.{}",
               upper(name));
}

}  // namespace

/// `weight` or a function by name. False if it is neither.
Result<bool> FunctionScoreQuery::read_function_key(QueryParser& parser, JsonMember member, Function& function) {
  if (member.key == "weight") {
    ASSIGN_OR_RETURN(function.weight, read_float(member.value, "weight"));
    if (*function.weight < 0)
      return Error(ErrorCode::kIllegalArgument, std::string("[weight] cannot be negative for a filtering function"));
    return true;
  }
  if (!member.value.is_object()) return false;
  ASSIGN_OR_RETURN(FunctionDefinitionPtr definition, parse_score_function(parser, member.key, member.value));
  if (definition == nullptr) return false;
  if (function.definition != nullptr) {
    return parsing_error(parser, member.value,
                         "failed to parse [function_score] functions. already found a function, now encountering another one. use "
                         "[functions] array if you want to define several functions.");
  }
  function.definition = std::move(definition);
  return true;
}

base::Status FunctionScoreQuery::read_functions(QueryParser& parser, JsonValue list) {
  for (const JsonValue entry : list.as_array()) {
    if (!entry.is_object()) {
      return parsing_error(
          parser, entry,
          base::format("failed to parse [function_score]. malformed query, expected a [START_OBJECT] while parsing "
                       "functions but got a [{}] instead",
                       token_name(entry)));
    }
    Function& function = functions_.emplace_back();
    for (const JsonMember member : entry.as_object()) {
      if (member.key == "filter") {
        ASSIGN_OR_RETURN(function.filter, parse_query(parser, member.value));
        continue;
      }
      ASSIGN_OR_RETURN(const bool known, read_function_key(parser, member, function));
      if (!known)
        return parsing_error(parser, member.value,
                             base::format("failed to parse [function_score] query. field [{}] is not supported", member.key));
    }
    if (function.definition == nullptr && !function.weight) {
      return parsing_error(parser, entry,
                           "failed to parse [function_score] query. an entry in functions list is missing a function.");
    }
  }
  return {};
}

base::Status FunctionScoreQuery::read_key(QueryParser& parser, JsonMember member, Function& single) {
  ASSIGN_OR_RETURN(const bool common, read_common(*this, member));
  if (common) return {};
  const auto [key, value] = member;
  if (key == "query") {
    ASSIGN_OR_RETURN(query_, parse_query(parser, value));
  } else if (key == "functions" && value.is_array()) {
    RETURN_IF_ERROR(read_functions(parser, value));
  } else if (key == "score_mode" && value.is_string()) {
    ASSIGN_OR_RETURN(options_.score_mode, parse_score_mode(value.as_string()));
  } else if (key == "boost_mode" && value.is_string()) {
    ASSIGN_OR_RETURN(options_.boost_mode, parse_boost_mode(value.as_string()));
  } else if (key == "max_boost") {
    ASSIGN_OR_RETURN(options_.max_boost, read_float(value, key));
  } else if (key == "min_score") {
    ASSIGN_OR_RETURN(min_score_, read_float(value, key));
  } else {
    ASSIGN_OR_RETURN(const bool known, read_function_key(parser, member, single));
    if (!known) {
      return parsing_error(parser, value, base::format("failed to parse [function_score] query. field [{}] is not supported", key));
    }
  }
  return {};
}

Result<QueryPtr> FunctionScoreQuery::parse(QueryParser& parser, JsonValue body) {
  auto query = std::make_unique<FunctionScoreQuery>();
  Function single;
  for (const JsonMember member : body.as_object()) RETURN_IF_ERROR(query->read_key(parser, member, single));
  const bool has_single = single.definition != nullptr || single.weight;
  if (has_single && !query->functions_.empty()) {
    return parsing_error(
        parser, body,
        "failed to parse [function_score] query. [you can either define [functions] array or a single function, not "
        "both. already found [weight], now encountering [functions].]");
  }
  if (has_single) query->functions_.push_back(std::move(single));
  return query;
}

Result<WeightPtr> FunctionScoreQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  WeightPtr inner = std::make_unique<MatchAllWeight>(parent_boost * boost);
  const bool scored = mode != ScoreMode::kNone || min_score_;
  if (query_ != nullptr) {
    ASSIGN_OR_RETURN(inner, query_->weight(context, scored ? ScoreMode::kComplete : ScoreMode::kNone, parent_boost * boost));
  }
  if (!scored) return inner;
  std::vector<FunctionScoreWeight::Function> bound;
  for (const Function& function : functions_) {
    FunctionScoreWeight::Function& target = bound.emplace_back();
    target.weight = function.weight;
    if (function.filter != nullptr) {
      ASSIGN_OR_RETURN(target.filter, bind_filter(*function.filter, context));
    }
    if (function.definition != nullptr) {
      ASSIGN_OR_RETURN(target.function, function.definition->bind(context));
    }
  }
  FunctionScoreWeight::Options options = options_;
  options.runtime_error = context.runtime_error;
  WeightPtr weight = std::move(inner);
  if (!bound.empty()) weight = std::make_unique<FunctionScoreWeight>(std::move(weight), std::move(bound), options);
  if (!min_score_) return weight;
  return std::make_unique<MinScoreWeight>(std::move(weight), *min_score_);
}

std::vector<const Query*> FunctionScoreQuery::children() const {
  std::vector<const Query*> all;
  if (query_ != nullptr) all.push_back(query_.get());
  for (const Function& function : functions_) {
    if (function.filter != nullptr) all.push_back(function.filter.get());
  }
  return all;
}

}  // namespace selene::search
