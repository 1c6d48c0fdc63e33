#include "search/query/distance_feature_query.h"

#include <cmath>

#include "base/format.h"
#include "index/catalog/index_settings.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/geo_point_parser.h"
#include "search/query/distance_units.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

/// What distances are measured from, in the unit of the field.
struct Target {
  std::string field;
  bool geo = false;
  int64_t origin = 0;
  index::GeoPoint point;
  double pivot = 1;
  float boost = 1;
};

class DistanceScorer final : public Scorer {
 public:
  DistanceScorer(const std::vector<DocId>& docs, const index::NumericDocValues& numbers, const Target& target)
      : docs_(docs, 0.0F), numbers_(numbers), target_(target) {
    doc_ = docs_.doc();
  }
  DocId next() override { return doc_ = docs_.next(); }
  DocId advance(DocId target) override { return doc_ = docs_.advance(target); }
  int64_t cost() const override { return docs_.cost(); }
  float score() override {
    double nearest = HUGE_VAL;
    for (int32_t i = 0; i < numbers_.count(doc_); ++i) nearest = std::min(nearest, distance(numbers_.value(doc_, i)));
    return static_cast<float>(static_cast<double>(target_.boost) * (target_.pivot / (target_.pivot + nearest)));
  }

 private:
  double distance(int64_t value) const {
    if (target_.geo) return index::geo_distance_meters(index::decode_geo_point(value), target_.point);
    return std::abs(static_cast<double>(value) - static_cast<double>(target_.origin));
  }

  DocListScorer docs_;
  const index::NumericDocValues& numbers_;
  const Target& target_;
};

class DistanceWeight final : public Weight {
 public:
  explicit DistanceWeight(Target target) : target_(std::move(target)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    const index::NumericDocValues* const numbers = segment.reader().numbers(target_.field);
    const std::vector<DocId>* const docs = segment.reader().docs_with_field(target_.field);
    if (numbers == nullptr || docs == nullptr) return nullptr;
    return std::make_unique<DistanceScorer>(*docs, *numbers, target_);
  }
  std::string description() const override { return "DistanceFeatureQuery(field=" + target_.field + ")"; }

 private:
  Target target_;
};

}  // namespace

base::Result<QueryPtr> DistanceFeatureQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<DistanceFeatureQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "field" && member.value.is_string()) {
      query->field_ = member.value.as_string();
    } else if (member.key == "origin") {
      query->origin_ = member.value;
    } else if (member.key == "pivot") {
      query->pivot_ = member.value;
    } else {
      return x_content_error(parser.document, member.value, base::format("[distance_feature] unknown field [{}]", member.key));
    }
  }
  for (const auto& [name, missing] : {std::pair<std::string_view, bool>{"field", query->field_.empty()},
                                      {"origin", !query->origin_.exists()},
                                      {"pivot", !query->pivot_.exists()}}) {
    if (missing) return Error(ErrorCode::kIllegalArgument, "Required [{}]", name);
  }
  return query;
}

base::Result<WeightPtr> DistanceFeatureQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  Target target;
  target.field = field->name;
  target.boost = parent_boost * boost;
  if (field->type == index::FieldType::kGeoPoint) {
    target.geo = true;
    ASSIGN_OR_RETURN(target.point, index::parse_geo_point(origin_, field->name));
    ASSIGN_OR_RETURN(target.pivot, parse_distance_meters(scalar_text(pivot_)));
    return std::make_unique<DistanceWeight>(std::move(target));
  }
  if (!index::is_date(field->type)) {
    return Error(
        ErrorCode::kIllegalArgument,
        "Illegal data type of [{}]![distance_feature] query can only be run on a date, date_nanos or geo_point field type!",
        field->type_name);
  }
  const auto pivot_ms = index::parse_time_ms(scalar_text(pivot_));
  if (!pivot_ms || *pivot_ms <= 0) {
    return Error(
        ErrorCode::kIllegalArgument,
        "failed to parse setting [distance_feature.pivot] with value [{}] as a time value: unit is missing or unrecognized",
        scalar_text(pivot_));
  }
  const bool nanos = field->type == index::FieldType::kDateNanos;
  ASSIGN_OR_RETURN(target.origin,
                   nanos ? index::parse_date_nanos(scalar_text(origin_), field->format, context.now_ms, index::DateRounding::kUp)
                         : index::parse_date(scalar_text(origin_), field->format, context.now_ms, index::DateRounding::kUp));
  target.pivot = static_cast<double>(*pivot_ms) * (nanos ? 1e6 : 1);
  return std::make_unique<DistanceWeight>(std::move(target));
}

}  // namespace selene::search
