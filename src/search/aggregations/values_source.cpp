#include "search/aggregations/values_source.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "index/mapping/document_parser.h"
#include "index/mapping/field_type.h"
#include "index/mapping/ip_address.h"
#include "index/mapping/range_bounds.h"
#include "index/segments/text_values.h"
#include "search/query/field_values.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

namespace {

constexpr int64_t kNanosPerMilli = 1'000'000;

ValuesSource::Kind kind_of(const index::MappedField& field) {
  const index::FieldStorage storage = index::storage_of(field.type);
  if (storage == index::FieldStorage::kKeyword || storage == index::FieldStorage::kText ||
      field.type == index::FieldType::kConstantKeyword)
    return ValuesSource::Kind::kText;
  return index::is_floating(field.type) ? ValuesSource::Kind::kFloating : ValuesSource::Kind::kInteger;
}

/// What values of a field that no index has would be: by `value_type`, else by what `missing` is.
ValuesSource::Kind kind_of_unmapped(const ValuesRequest& request) {
  const std::string& type = request.value_type;
  if (type == "string" || type == "keyword") return ValuesSource::Kind::kText;
  if (type == "double" || type == "float" || type == "number" || type == "numeric") return ValuesSource::Kind::kFloating;
  if (!type.empty()) return ValuesSource::Kind::kInteger;
  if (request.takes == ValuesRequest::Takes::kNumbers) return ValuesSource::Kind::kFloating;
  if (request.missing.is_integer()) return ValuesSource::Kind::kInteger;
  return request.missing.is_number() ? ValuesSource::Kind::kFloating : ValuesSource::Kind::kText;
}

/// Points are counted, nothing else.
bool takes_places(std::string_view type) { return type == "cardinality" || type == "missing" || type == "value_count"; }

base::Error vector_error(const ValuesRequest& request, const index::MappedField& field) {
  if (request.takes == ValuesRequest::Takes::kNumbers) {
    return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [dense_vector] is not supported for aggregation [{}]", field.name,
                 request.type);
  }
  return Error(ErrorCode::kIllegalArgument, "String representation of doc values for vector fields is not supported");
}

}  // namespace

Result<bool> ValuesRequest::read(JsonMember member) {
  const auto [key, value] = member;
  if (key == "field" && value.is_string()) {
    field = std::string(value.as_string());
  } else if (key == "missing" && !value.is_object() && !value.is_array()) {
    missing = value;
  } else if (key == "format" && value.is_string()) {
    format = std::string(value.as_string());
  } else if (key == "value_type" && value.is_string()) {
    value_type = std::string(value.as_string());
  } else if (key == "time_zone" && (value.is_string() || value.is_integer())) {
    ASSIGN_OR_RETURN(zone, TimeZone::parse(value.is_string() ? std::string(value.as_string()) : "+" + scalar_text(value)));
  } else if (key == "script") {
    return Error(ErrorCode::kIllegalArgument, "[{}] does not support [script]: give a [field]", type);
  } else {
    return false;
  }
  return true;
}

base::Status ValuesSource::set_kind(Kind kind, const std::string& index) {
  if (kind_ == Kind::kUnmapped || kind_ == kind) {
    kind_ = kind;
    return {};
  }
  if (kind_ == Kind::kText || kind == Kind::kText) {
    return Error(ErrorCode::kAggregationExecution,
                 "Reducing the aggregations failed because the field [{}] existed as two different types in two different indices, "
                 "the second one is [{}]",
                 request_->field, index);
  }
  kind_ = Kind::kFloating;
  return {};
}

base::Status ValuesSource::begin_target(const LocalTarget& target, int64_t now_ms) {
  field_ = nullptr;
  is_range_ = false;
  is_index_name_ = request_->field == "_index";
  if (is_index_name_) {
    index_name_ = target.index->name;
    return set_kind(Kind::kText, index_name_);
  }
  if (request_->field == "_id") {
    return Error(ErrorCode::kIllegalArgument,
                 "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: "
                 "indices.id_field_data.enabled");
  }
  field_ = target.snapshot->mapping().find(request_->field);
  if (field_ == nullptr) {
    if (!request_->missing.exists()) return {};
    if (kind_ == Kind::kUnmapped) RETURN_IF_ERROR(set_kind(kind_of_unmapped(*request_), target.index->name));
    return read_missing(now_ms);
  }
  if (field_->type == index::FieldType::kDenseVector) return vector_error(*request_, *field_);
  if (index::is_range(field_->type)) return request_->reads_ranges ? begin_ranges(target.index->name) : unsupported();
  if (field_->type == index::FieldType::kGeoPoint && !takes_places(request_->type)) return unsupported();
  RETURN_IF_ERROR(check_sortable(*field_, target.index->name));
  const Kind kind = kind_of(*field_);
  if (request_->takes == ValuesRequest::Takes::kNumbers && kind == Kind::kText) return unsupported();
  if (kind_ == Kind::kUnmapped) format_ = ValueFormat::of(field_, request_->format, request_->zone);
  RETURN_IF_ERROR(set_kind(kind, target.index->name));
  return read_missing(now_ms);
}

Error ValuesSource::unsupported() const {
  return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [{}] is not supported for aggregation [{}]",
               term_place(*field_).field.name, field_->type_name, request_->type);
}

/// Ranges can be counted, and those of numbers and dates put into the buckets of a histogram.
base::Status ValuesSource::begin_ranges(const std::string& index_name) {
  using index::FieldType;
  const std::string_view type = request_->type;
  const bool of_dates = field_->type == FieldType::kDateRange;
  if (type == "histogram" && (of_dates || field_->type == FieldType::kIpRange)) {
    return Error(ErrorCode::kIllegalArgument, "Expected numeric range type but found non-numeric range [{}]", field_->type_name);
  }
  if (type == "date_histogram" && !of_dates)
    return Error(ErrorCode::kIllegalArgument, "Expected date range type but found range type [{}]", field_->type_name);
  constexpr std::array<std::string_view, 5> kTypes = {"cardinality", "date_histogram", "histogram", "missing", "value_count"};
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) return unsupported();
  if (!of_dates && !request_->format.empty()) {
    return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [{}] does not support custom formats", field_->name,
                 field_->type_name);
  }
  if (!field_->doc_values) return check_sortable(*field_, index_name);
  if (kind_ == Kind::kUnmapped) {
    index::MappedField bounds = *field_;
    bounds.type = of_dates ? FieldType::kDate : FieldType::kDouble;
    format_ = ValueFormat::of(&bounds, request_->format, request_->zone);
  }
  is_range_ = true;
  return set_kind(Kind::kText, index_name);
}

ValuesSource::NumberRange ValuesSource::range(DocId doc, int32_t i) const {
  const index::RangeEnds ends = index::range_ends(keywords_->term(keywords_->ordinal(doc, i)));
  const bool floating = field_->type == index::FieldType::kFloatRange || field_->type == index::FieldType::kDoubleRange;
  const auto number = [&](std::string_view bound) {
    const int64_t encoded = index::decode_bound(bound);
    return floating ? index::decode_sortable(encoded) : static_cast<double>(encoded);
  };
  return {number(ends.from), number(ends.to)};
}

base::Status ValuesSource::read_missing(int64_t now_ms) {
  has_missing_ = request_->missing.exists() && !request_->missing.is_null();
  if (!has_missing_) return {};
  if (kind_ == Kind::kText) {
    if (format_.kind() != ValueFormat::Kind::kAddress) {
      missing_text_ = scalar_text(request_->missing);
      return {};
    }
    ASSIGN_OR_RETURN(missing_text_, index::parse_ip(scalar_text(request_->missing)));
    return {};
  }
  if (field_ != nullptr && kind_ == Kind::kInteger) {
    ASSIGN_OR_RETURN(const auto range, encode_term(*field_, request_->missing, now_ms));
    if (!range) {
      return Error(ErrorCode::kIllegalArgument, "the value [{}] of [missing] does not fit the field [{}]",
                   scalar_text(request_->missing), field_->name);
    }
    const bool nanos = field_->type == index::FieldType::kDateNanos;
    missing_encoded_ = nanos ? range->low / kNanosPerMilli : range->low;
    missing_number_ = nanos ? static_cast<double>(missing_encoded_) : index::decode_number(*field_, range->low);
    return {};
  }
  ASSIGN_OR_RETURN(missing_number_, read_double(request_->missing, "missing"));
  missing_encoded_ = kind_ == Kind::kInteger ? static_cast<int64_t>(missing_number_) : index::encode_sortable(missing_number_);
  return {};
}

void ValuesSource::begin_segment(const AggregationSegment& segment) {
  numbers_ = nullptr;
  keywords_ = nullptr;
  if (field_ == nullptr) return;
  if (kind_ == Kind::kText) {
    keywords_ = index::text_values(segment.segment.reader(), *field_);
  } else {
    numbers_ = segment.segment.reader().numbers(field_->name);
  }
}

int64_t floor_to_integer(double value) {
  constexpr double kLargest = 9007199254740992.0;  // 2^53
  if (std::isnan(value)) return 0;
  return static_cast<int64_t>(std::clamp(std::floor(value), -kLargest, kLargest));
}

int32_t ValuesSource::stored_count(DocId doc) const {
  if (numbers_ != nullptr) return numbers_->count(doc);
  if (is_range_) return keywords_ != nullptr && keywords_->count(doc) > 0 ? 1 : 0;
  return keywords_ != nullptr ? keywords_->count(doc) : 0;
}

int32_t ValuesSource::count(DocId doc) const {
  if (is_index_name_) return 1;
  const int32_t stored = stored_count(doc);
  return stored == 0 && has_missing_ ? 1 : stored;
}

double ValuesSource::number(DocId doc, int32_t i) const {
  if (i >= stored_count(doc)) return missing_number_;
  if (field_->type == index::FieldType::kDateNanos) return static_cast<double>(encoded(doc, i));
  return index::decode_number(*field_, numbers_->value(doc, i));
}

int64_t ValuesSource::encoded(DocId doc, int32_t i) const {
  if (i >= stored_count(doc)) return kind_ == Kind::kFloating ? index::encode_sortable(missing_number_) : missing_encoded_;
  if (kind_ == Kind::kFloating) return index::encode_sortable(index::decode_number(*field_, numbers_->value(doc, i)));
  const int64_t value = numbers_->value(doc, i);
  return field_->type == index::FieldType::kDateNanos ? value / kNanosPerMilli : value;  // nothing is before 1970
}

int32_t ValuesSource::ordinal(DocId doc, int32_t i) const {
  return keywords_ != nullptr && !is_range_ && i < keywords_->count(doc) ? keywords_->ordinal(doc, i) : -1;
}

std::string_view ValuesSource::text(DocId doc, int32_t i) const {
  if (is_index_name_) return index_name_;
  if (is_range_) {
    joined_ranges_.clear();
    for (int32_t n = 0; n < keywords_->count(doc); ++n) joined_ranges_ += keywords_->term(keywords_->ordinal(doc, n));
    return joined_ranges_;
  }
  const int32_t at = ordinal(doc, i);
  return at < 0 ? std::string_view(missing_text_) : keywords_->term(at);
}

base::Error field_missing() {
  return base::Error(base::ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
}

}  // namespace selene::search
