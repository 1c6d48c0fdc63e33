// gauss, linear, exp
#include <cmath>

#include "base/format.h"
#include "index/catalog/index_settings.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/geo_point_parser.h"
#include "search/query/distance_units.h"
#include "search/query/parse_support.h"
#include "search/query/score_functions.h"
#include "search/script/script_functions.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;

enum class MultiValueMode : uint8_t { kMin, kMax, kAvg, kSum };

/// Everything in the unit of the field: plain numbers, ms, or meters.
struct Decay {
  DecayShape shape;
  MultiValueMode mode = MultiValueMode::kMin;
  bool geo = false;
  double origin = 0;
  index::GeoPoint geo_origin;
  double scale = 0;
  double offset = 0;
  double decay = 0.5;
};

class DecaySegment final : public SegmentFunction {
 public:
  DecaySegment(const Decay& decay, const index::MappedField& field, const SegmentContext& segment)
      : decay_(decay), numbers_(field, segment), nanos_(field.type == index::FieldType::kDateNanos) {}
  double value(DocId doc, float) override {
    const int32_t count = numbers_.count(doc);
    if (count == 0) return 1;
    double joined = 0;
    for (int32_t i = 0; i < count; ++i) {
      const double distance = distance_of(doc, i);
      if (i == 0)
        joined = distance;
      else if (decay_.mode == MultiValueMode::kMin)
        joined = std::min(joined, distance);
      else if (decay_.mode == MultiValueMode::kMax)
        joined = std::max(joined, distance);
      else
        joined += distance;
    }
    if (decay_.mode == MultiValueMode::kAvg) joined /= count;
    return decay_at(decay_.shape, joined, decay_.scale, decay_.decay);
  }

 private:
  double distance_of(DocId doc, int32_t i) const {
    if (decay_.geo) {
      const index::GeoPoint point = index::decode_geo_point(numbers_.encoded(doc, i));
      return std::max(0.0, index::geo_distance_meters(point, decay_.geo_origin) - decay_.offset);
    }
    const double value = numbers_.value(doc, i);
    return decay_distance(nanos_ ? value / 1e6 : value, decay_.origin, decay_.offset);
  }

  const Decay& decay_;
  FieldNumbers numbers_;
  bool nanos_;
};

class DecayFunction final : public ScoreFunction {
 public:
  DecayFunction(Decay decay, const BindContext& context, const index::MappedField& field)
      : decay_(decay), mapping_(context.snapshot.shared_mapping()), field_(field) {}
  std::unique_ptr<SegmentFunction> open(const SegmentContext& segment) const override {
    return std::make_unique<DecaySegment>(decay_, field_, segment);
  }

 private:
  Decay decay_;
  std::shared_ptr<const index::Mapping> mapping_;  ///< keeps `field_`
  const index::MappedField& field_;
};

class DecayDefinition final : public FunctionDefinition {
 public:
  static Result<FunctionDefinitionPtr> parse(const QueryParser& parser, DecayShape shape, JsonValue body) {
    auto definition = std::make_unique<DecayDefinition>();
    definition->shape_ = shape;
    for (const JsonMember member : body.as_object()) {
      if (member.key == "multi_value_mode" && member.value.is_string()) {
        RETURN_IF_ERROR(definition->read_mode(member.value.as_string()));
      } else if (member.value.is_object()) {
        definition->field_ = member.key;
        RETURN_IF_ERROR(definition->read_parameters(parser, member.value));
      } else {
        return parsing_error(parser, member.value, "malformed score function score parameters.");
      }
    }
    if (definition->field_.empty()) return parsing_error(parser, body, "malformed score function score parameters.");
    return FunctionDefinitionPtr(std::move(definition));
  }

  Result<std::unique_ptr<ScoreFunction>> bind(const BindContext& context) const override {
    const index::MappedField* const field = context.mapping().find(field_);
    if (field == nullptr) return Error(ErrorCode::kParsing, "unknown field [{}]", field_);
    Decay decay;
    decay.shape = shape_;
    decay.mode = mode_;
    decay.decay = decay_;
    if (decay_ <= 0 || decay_ >= 1)
      return Error(ErrorCode::kIllegalArgument, "function_score : decay must be in the range [0..1].");
    if (index::is_date(field->type)) {
      RETURN_IF_ERROR(bind_date(*field, context.now_ms, decay));
    } else if (field->type == index::FieldType::kGeoPoint) {
      RETURN_IF_ERROR(bind_geo(decay));
    } else if (index::is_numeric(field->type)) {
      RETURN_IF_ERROR(bind_number(decay));
    } else {
      return Error(ErrorCode::kIllegalArgument, "field [{}] is of type [{}], but only numeric types are supported.", field->name,
                   field->type_name);
    }
    if (decay.scale <= 0) return Error(ErrorCode::kIllegalArgument, "function_score : scale must be > 0.0.");
    if (decay.offset < 0) return Error(ErrorCode::kIllegalArgument, "function_score : offset must be > 0.0");
    return std::unique_ptr<ScoreFunction>(std::make_unique<DecayFunction>(decay, context, *field));
  }

 private:
  base::Status read_mode(std::string_view given) {
    std::string text(given);
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    if (text == "MIN")
      mode_ = MultiValueMode::kMin;
    else if (text == "MAX")
      mode_ = MultiValueMode::kMax;
    else if (text == "AVG")
      mode_ = MultiValueMode::kAvg;
    else if (text == "SUM")
      mode_ = MultiValueMode::kSum;
    else
      return Error(ErrorCode::kIllegalArgument, "Illegal sort mode: {}", given);
    return {};
  }

  base::Status read_parameters(const QueryParser& parser, JsonValue body) {
    for (const JsonMember member : body.as_object()) {
      if (member.key == "origin") {
        origin_ = member.value;
      } else if (member.key == "scale") {
        scale_ = member.value;
      } else if (member.key == "offset") {
        offset_ = member.value;
      } else if (member.key == "decay") {
        ASSIGN_OR_RETURN(decay_, read_double(member.value, "decay"));
      } else {
        return parsing_error(parser, member.value, base::format("parameter [{}] not supported!", member.key));
      }
    }
    return {};
  }

  base::Status bind_number(Decay& decay) const {
    if (!scale_.exists() || !origin_.exists())
      return Error(ErrorCode::kParse, "both [scale] and [origin] must be set for numeric fields.");
    ASSIGN_OR_RETURN(decay.origin, read_double(origin_, "origin"));
    ASSIGN_OR_RETURN(decay.scale, read_double(scale_, "scale"));
    if (offset_.exists()) {
      ASSIGN_OR_RETURN(decay.offset, read_double(offset_, "offset"));
    }
    return {};
  }

  static Result<double> duration(JsonValue value, std::string_view what) {
    const auto ms = index::parse_time_ms(scalar_text(value));
    if (ms) return static_cast<double>(*ms);
    return Error(
        ErrorCode::kIllegalArgument,
        "failed to parse setting [DecayFunctionBuilder.{}] with value [{}] as a time value: unit is missing or unrecognized", what,
        scalar_text(value));
  }

  base::Status bind_date(const index::MappedField& field, int64_t now_ms, Decay& decay) const {
    decay.origin = static_cast<double>(now_ms);
    if (origin_.exists()) {
      ASSIGN_OR_RETURN(const int64_t ms, index::parse_date(scalar_text(origin_), field.format, now_ms, index::DateRounding::kDown));
      decay.origin = static_cast<double>(ms);
    }
    if (!scale_.exists()) return Error(ErrorCode::kParse, "[scale] must be set for date fields.");
    ASSIGN_OR_RETURN(decay.scale, duration(scale_, "scale"));
    if (offset_.exists()) {
      ASSIGN_OR_RETURN(decay.offset, duration(offset_, "offset"));
    }
    return {};
  }

  base::Status bind_geo(Decay& decay) const {
    if (!scale_.exists() || !origin_.exists()) return Error(ErrorCode::kParse, "[origin] and [scale] must be set for geo fields.");
    decay.geo = true;
    ASSIGN_OR_RETURN(decay.geo_origin, index::parse_geo_point(origin_, field_));
    ASSIGN_OR_RETURN(decay.scale, parse_distance_meters(scalar_text(scale_)));
    if (offset_.exists()) {
      ASSIGN_OR_RETURN(decay.offset, parse_distance_meters(scalar_text(offset_)));
    }
    return {};
  }

  DecayShape shape_ = DecayShape::kGauss;
  std::string field_;
  MultiValueMode mode_ = MultiValueMode::kMin;
  JsonValue origin_;
  JsonValue scale_;
  JsonValue offset_;
  double decay_ = 0.5;
};

}  // namespace

Result<FunctionDefinitionPtr> parse_decay_function(const QueryParser& parser, std::string_view name, JsonValue body) {
  if (name == "gauss") return DecayDefinition::parse(parser, DecayShape::kGauss, body);
  if (name == "linear") return DecayDefinition::parse(parser, DecayShape::kLinear, body);
  if (name == "exp") return DecayDefinition::parse(parser, DecayShape::kExp, body);
  return FunctionDefinitionPtr();
}

}  // namespace selene::search
