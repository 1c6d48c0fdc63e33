// rank_feature, rank_features
#include <cmath>
#include <limits>
#include <set>

#include "base/json/json_writer.h"
#include "index/mapping/feature_weight.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/number_parsing.h"
#include "index/mapping/types/feature_values.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

std::string_view first_token(JsonValue value) {
  if (value.is_object()) return "START_OBJECT";
  if (value.is_array()) return "START_ARRAY";
  if (value.is_string()) return "VALUE_STRING";
  if (value.is_bool()) return "VALUE_BOOLEAN";
  return value.is_null() ? "VALUE_NULL" : "VALUE_NUMBER";
}

Result<int64_t> parse_feature_weight(JsonValue value, const MappedField& field, std::string_view feature, ValueSink& sink) {
  if (!value.is_number() && !value.is_string()) {
    return Error(ErrorCode::kIllegalArgument,
                 "[{}] fields take hashes that map a feature to a strictly positive float, but got unexpected token {}",
                 field.type == FieldType::kSparseVector ? "sparse_vector" : "rank_features", first_token(value));
  }
  ASSIGN_OR_RETURN(const double parsed, parse_java_double(sink.text(value)));
  auto weight = static_cast<float>(parsed);
  if (!field.positive_score_impact) weight = 1 / weight;
  if (!std::isfinite(weight) || weight < std::numeric_limits<float>::min()) {
    std::string number = base::format_number(weight);
    std::erase(number, '"');  // of NaN and Infinity
    if (!std::isfinite(weight)) {
      return Error(ErrorCode::kIllegalArgument, "featureValue must be finite, got: {} for feature {} on field {}", number, feature,
                   field.name);
    }
    return Error(ErrorCode::kIllegalArgument,
                 "featureValue must be a positive normal float, got: {} for feature {} on field {} which is less than the minimum "
                 "positive normal float: 1.17549435E-38",
                 number, feature, field.name);
  }
  return int64_t{encode_feature_weight(weight)};
}

namespace {

Status parse_rank_feature(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) return Error(ErrorCode::kIllegalArgument, "[rank_feature] fields do not support objects");
  if (sink.has_value(field))
    return Error(ErrorCode::kIllegalArgument,
                 "[rank_feature] fields do not support indexing multiple values for the same field [{}] in the same document",
                 field.name);
  ASSIGN_OR_RETURN(const int64_t weight, parse_feature_weight(value, field, field.name, sink));
  sink.add_feature(field, field.name, weight);
  return {};
}

Status parse_rank_features(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (!value.is_object())
    return Error(ErrorCode::kIllegalArgument, "[rank_features] fields must be json objects, expected a START_OBJECT but got: {}",
                 first_token(value));
  std::set<std::string_view> seen;
  if (sink.has_value(field))
    return Error(
        ErrorCode::kIllegalArgument,
        "[rank_features] fields do not support indexing multiple values for the same rank feature [{}] in the same document",
        field.name);
  for (const auto& [key, member] : value.as_object()) {
    if (member.is_null()) continue;
    if (!seen.insert(key).second)
      return Error(ErrorCode::kIllegalArgument,
                   "[rank_features] fields do not support indexing multiple values for the same rank feature [{}.{}] in the same "
                   "document",
                   field.name, key);
    if (key.find('.') != std::string_view::npos)
      return Error(ErrorCode::kIllegalArgument,
                   "[rank_features] fields do not support dots in feature names but found [{}] in [{}]", key, field.name);
    ASSIGN_OR_RETURN(const int64_t weight, parse_feature_weight(member, field, key, sink));
    sink.add_feature(field, key, weight);
  }
  return {};
}

constexpr auto no_scores = [](const AnalyzerRegistry&, MappedField& field) {
  field.norms = field.positions = field.doc_values = false;
};
constexpr auto no_finish = [](MappedField&) -> Status { return {}; };
constexpr Parameter kPositiveScoreImpact{"positive_score_impact", "true", Parameter::Update::kNo,
                                         &parse_flag<&MappedField::positive_score_impact>};
constexpr Parameter kFeatureParameters[] = {kPositiveScoreImpact, parameters::kNullValue, parameters::kMeta};
constexpr Parameter kFeaturesParameters[] = {kPositiveScoreImpact, parameters::kMeta};

}  // namespace

const FieldTypeEntry kRankFeatureType{"rank_feature", FieldType::kRankFeature, kFeatureParameters, no_scores,
                                      no_finish,      &parse_rank_feature};
const FieldTypeEntry kRankFeaturesType{"rank_features", FieldType::kRankFeatures, kFeaturesParameters, no_scores,
                                       no_finish,       &parse_rank_features};

}  // namespace selene::index
