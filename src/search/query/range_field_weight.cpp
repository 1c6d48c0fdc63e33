#include "search/query/range_field_weight.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"
#include "index/mapping/number_parsing.h"
#include "index/mapping/range_bounds.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using index::FieldType;

/// First and last value wanted, both contained.
struct Wanted {
  std::string from;
  std::string to;
};

/// Bounds of whole numbers must be whole numbers of the type, unlike those over numeric fields.
Result<std::string> whole_bound(FieldType type, base::JsonValue value) {
  const std::string text = scalar_text(value);
  index::WholeNumberError error{};
  const std::optional<index::WholeNumber> number = index::parse_whole_number(text, error);
  if (!number && error == index::WholeNumberError::kNoNumber)
    return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
  const bool is_long = type == FieldType::kLongRange;
  const uint64_t limit = is_long ? uint64_t{1} << 63 : uint64_t{1} << 31;
  if (!number || number->magnitude > limit || (number->magnitude == limit && !number->negative))
    return Error(ErrorCode::kIllegalArgument, "Value [{}] is out of range for {}", text, is_long ? "a long" : "an integer");
  if (number->fraction) return Error(ErrorCode::kIllegalArgument, "Value [{}] has a decimal part", text);
  return index::encode_bound(static_cast<int64_t>(number->negative ? 0 - number->magnitude : number->magnitude));
}

template <class Float>
Result<std::string> floating_bound(base::JsonValue value, std::string_view type) {
  ASSIGN_OR_RETURN(const double number, index::parse_java_double(scalar_text(value)));
  const auto narrow = static_cast<Float>(number);
  if (std::isfinite(narrow)) return index::encode_bound(index::encode_sortable(static_cast<double>(narrow)));
  const std::string_view shown = std::isnan(narrow) ? "NaN" : narrow > 0 ? "Infinity" : "-Infinity";
  return Error(ErrorCode::kIllegalArgument, "[{}] supports only finite values, but got [{}]", type, shown);
}

Result<std::string> read_bound(FieldType type, base::JsonValue value) {
  if (type == FieldType::kFloatRange) return floating_bound<float>(value, "float");
  if (type == FieldType::kDoubleRange) return floating_bound<double>(value, "double");
  if (type == FieldType::kIpRange) return index::parse_ip(scalar_text(value));
  return whole_bound(type, value);
}

bool is_open(const RangeBound& bound) { return !bound.value.exists() || bound.value.is_null(); }

/// The bounds as they were given, not yet moved past what they exclude.
Result<Wanted> given_bounds(const index::MappedField& field, const RangeWanted& wanted, int64_t now_ms) {
  Wanted given{index::least_bound(field.type), index::greatest_bound(field.type)};
  if (field.type == FieldType::kDateRange) {
    index::MappedField date = field;
    date.type = FieldType::kDate;
    Result<EncodedRange> range = encode_range(date, wanted.lower, wanted.upper, wanted.format, wanted.time_zone, now_ms);
    if (!range.has_value()) {
      Error error(ErrorCode::kQueryShard, "failed to create query: {}", range.error().reason());
      return std::move(error).with_cause(std::move(range).error());
    }
    if (!is_open(wanted.lower)) given.from = index::encode_bound(range->low - (wanted.lower.inclusive ? 0 : 1));
    if (!is_open(wanted.upper)) given.to = index::encode_bound(range->high + (wanted.upper.inclusive ? 0 : 1));
    return given;
  }
  if (!is_open(wanted.lower)) {
    ASSIGN_OR_RETURN(given.from, read_bound(field.type, wanted.lower.value));
  }
  if (!is_open(wanted.upper)) {
    ASSIGN_OR_RETURN(given.to, read_bound(field.type, wanted.upper.value));
  }
  return given;
}

/// Nothing if no value lies between the bounds.
Result<std::optional<Wanted>> contained_ends(const index::MappedField& field, const RangeWanted& wanted, Wanted given) {
  const FieldType type = field.type;
  const std::string_view slash = type == FieldType::kIpRange ? "/" : "";  // as Java shows an address
  if (index::is_behind(type, given.from, given.to)) {
    return Error(ErrorCode::kIllegalArgument, "Range query `from` value ({}{}) is greater than `to` value ({}{})", slash,
                 index::bound_text(type, given.from), slash, index::bound_text(type, given.to));
  }
  const bool some = (is_open(wanted.lower) || wanted.lower.inclusive || index::next_bound(type, given.from)) &&
                    (is_open(wanted.upper) || wanted.upper.inclusive || index::previous_bound(type, given.to));
  if (!some || index::is_behind(type, given.from, given.to)) return std::optional<Wanted>();
  return std::optional(std::move(given));
}

bool stands_so(const index::RangeEnds& range, const Wanted& wanted, RangeRelation relation) {
  switch (relation) {
    case RangeRelation::kIntersects: return range.from <= wanted.to && range.to >= wanted.from;
    case RangeRelation::kContains: return range.from <= wanted.from && range.to >= wanted.to;
    case RangeRelation::kWithin: return range.from >= wanted.from && range.to <= wanted.to;
  }
  return false;
}

}  // namespace

Result<RangeRelation> parse_range_relation(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "intersects") return RangeRelation::kIntersects;
  if (lower == "contains") return RangeRelation::kContains;
  if (lower == "within") return RangeRelation::kWithin;
  if (lower == "disjoint") return Error(ErrorCode::kIllegalArgument, "[range] query does not support relation [{}]", name);
  return Error(ErrorCode::kIllegalArgument, "{} is not a valid relation", name);
}

Result<WeightPtr> range_field_weight(const index::MappedField& field, const RangeWanted& wanted, int64_t now_ms, float boost) {
  if (!field.index) return Error(ErrorCode::kIllegalArgument, "Cannot search on field [{}] since it is not indexed.", field.name);
  ASSIGN_OR_RETURN(Wanted given, given_bounds(field, wanted, now_ms));
  ASSIGN_OR_RETURN(std::optional<Wanted> ends, contained_ends(field, wanted, std::move(given)));
  if (!ends) return std::make_unique<MatchNoneWeight>();
  FilterKey key;
  key.kind('v').add(field.name).add(static_cast<int64_t>(wanted.relation)).add(ends->from).add(ends->to);
  key.set_cost(FilterKey::Cost::kCostly);
  const std::string description =
      base::format("{}:[{} TO {}]", field.name, index::bound_text(field.type, ends->from), index::bound_text(field.type, ends->to));
  auto fill = [name = field.name, ends = *std::move(ends), relation = wanted.relation](const SegmentContext& segment,
                                                                                       std::vector<DocId>& docs) {
    const index::FieldTerms* const terms = segment.reader().terms(name);
    if (terms == nullptr) return;
    const std::string& last_from = relation == RangeRelation::kContains ? ends.from : ends.to;
    const auto cursor = terms->terms();
    if (relation == RangeRelation::kWithin) cursor->seek(ends.from);
    for (; cursor->valid(); cursor->next()) {
      const index::RangeEnds range = index::range_ends(cursor->term());
      if (range.from > last_from) break;
      if (stands_so(range, ends, relation)) append_postings(terms->postings(cursor->meta()), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, description, std::move(key));
}

}  // namespace selene::search
