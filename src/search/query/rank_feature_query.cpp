#include "search/query/rank_feature_query.h"

#include <cmath>

#include "base/format.h"
#include "index/mapping/feature_weight.h"
#include "search/exec/feature_weight.h"
#include "search/exec/statistics.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

/// About the geometric mean of the weights in the index.
float default_pivot(const index::Snapshot& snapshot, const std::string& field, const std::string& feature) {
  int64_t total = 0;
  int64_t docs = 0;
  for (const auto& meta : term_statistics(snapshot, field, feature).metas) {
    if (!meta) continue;
    total += meta->total_term_freq;
    docs += meta->doc_freq;
  }
  if (docs == 0) return 1;
  return index::decode_feature_weight(
      static_cast<int32_t>(static_cast<float>(static_cast<double>(total) / static_cast<double>(docs))));
}

}  // namespace

base::Status RankFeatureQuery::read_function(const QueryParser& parser, Function function, base::JsonValue body) {
  function_ = function;
  for (const base::JsonMember member : body.as_object()) {
    if (member.key == "pivot" && (function == Function::kSaturation || function == Function::kSigmoid)) {
      ASSIGN_OR_RETURN(pivot_, read_float(member.value, "pivot"));
    } else if (member.key == "scaling_factor" && function == Function::kLog) {
      ASSIGN_OR_RETURN(scaling_factor_, read_float(member.value, "scaling_factor"));
    } else if (member.key == "exponent" && function == Function::kSigmoid) {
      ASSIGN_OR_RETURN(exponent_, read_float(member.value, "exponent"));
    } else {
      return x_content_error(parser.document, member.value, base::format("[rank_feature] unknown field [{}]", member.key));
    }
  }
  if (function == Function::kLog && scaling_factor_ < 1)
    return Error(ErrorCode::kIllegalArgument, "scalingFactor must be >= 1, got: {}", scaling_factor_);
  if (function == Function::kSigmoid && (!pivot_ || exponent_ <= 0))
    return Error(ErrorCode::kIllegalArgument, "[sigmoid] requires a positive [pivot] and [exponent]");
  if (pivot_ && *pivot_ <= 0) return Error(ErrorCode::kIllegalArgument, "pivot must be > 0, got: {}", *pivot_);
  return {};
}

base::Result<QueryPtr> RankFeatureQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<RankFeatureQuery>();
  int num_functions = 0;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    const std::string_view key = member.key;
    if (key == "field" && member.value.is_string()) {
      query->field_ = member.value.as_string();
      continue;
    }
    const bool function = key == "saturation" || key == "log" || key == "sigmoid" || key == "linear";
    if (!function || !member.value.is_object())
      return x_content_error(parser.document, member.value, base::format("[feature] unknown field [{}]", key));
    const Function which = key == "log"       ? Function::kLog
                           : key == "sigmoid" ? Function::kSigmoid
                           : key == "linear"  ? Function::kLinear
                                              : Function::kSaturation;
    RETURN_IF_ERROR(query->read_function(parser, which, member.value));
    ++num_functions;
  }
  if (query->field_.empty()) return Error(ErrorCode::kIllegalArgument, "Required [field]");
  if (num_functions > 1)
    return Error(ErrorCode::kIllegalArgument, "Can only specify one of [log], [saturation], [sigmoid] and [linear]");
  return query;
}

base::Result<WeightPtr> RankFeatureQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  const index::Mapping& mapping = context.mapping();
  std::string feature(field_);
  const index::MappedField* field = mapping.find(field_);
  if (field == nullptr) {
    // `topics.sports`: the feature sports of the rank_features field topics
    const size_t dot = field_.rfind('.');
    field = dot == std::string_view::npos ? nullptr : mapping.find(field_.substr(0, dot));
    if (field == nullptr) return std::make_unique<MatchNoneWeight>();
    if (field->type == index::FieldType::kRankFeatures) feature = field_.substr(dot + 1);
  } else {
    feature = field->name;
  }
  if (field->type != index::FieldType::kRankFeature && field->type != index::FieldType::kRankFeatures) {
    return Error(ErrorCode::kIllegalArgument,
                 "[rank_feature] query only works on [rank_feature] fields and features of [rank_features] fields, not [{}]",
                 field->type_name);
  }
  const float weight = parent_boost * boost;
  const bool inverse = !field->positive_score_impact;
  const float pivot = pivot_ ? *pivot_ : default_pivot(context.snapshot, field->name, feature);
  FeatureWeight::Score score;
  switch (function_) {
    case Function::kSaturation: score = [weight, pivot](float f) { return weight * (1 - pivot / (f + pivot)); }; break;
    case Function::kLog:
      if (inverse) {
        return Error(ErrorCode::kIllegalArgument,
                     "Cannot use the [log] function with a field that has a negative score impact as it would trigger negative "
                     "scores");
      }
      score = [weight, factor = scaling_factor_](float f) {
        return static_cast<float>(static_cast<double>(weight) * std::log(static_cast<double>(factor + f)));
      };
      break;
    case Function::kSigmoid: {
      const double power = std::pow(static_cast<double>(pivot), static_cast<double>(exponent_));
      score = [weight, power, exponent = static_cast<double>(exponent_)](float f) {
        return static_cast<float>(static_cast<double>(weight) * (1 - power / (std::pow(static_cast<double>(f), exponent) + power)));
      };
      break;
    }
    case Function::kLinear: score = [weight](float f) { return weight * f; }; break;
  }
  return std::make_unique<FeatureWeight>(field->name, std::move(feature), std::move(score));
}

}  // namespace selene::search
