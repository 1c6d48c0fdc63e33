// range, date_range.

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "index/mapping/document_parser.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/double_limits.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

constexpr std::string_view kRangeDateFormat = "strict_date_optional_time||epoch_millis";

/// [from, to) as asked for: numbers, or date texts that are read with the field's format.
struct RangeRequest {
  std::string key;
  base::JsonValue from;
  base::JsonValue to;
};

struct Range {
  std::string key;
  double from = -kInfinity;
  double to = kInfinity;
};

class RangeSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kBuckets; }
  bool is_date() const { return type == "date_range"; }

  ValuesRequest source;
  std::vector<RangeRequest> ranges;
  bool keyed = false;
};

class Ranges final : public BucketAggregator {
 public:
  Ranges(const RangeSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)), spec_range_(spec), source_(spec.source) {}

  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(source_.begin_target(target, context_.backend.now_ms()));
    if (ranges_.empty()) RETURN_IF_ERROR(resolve());
    return BucketAggregator::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    source_.begin_segment(segment);
    BucketAggregator::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    const int32_t count = source_.count(doc);
    for (size_t r = 0; r < ranges_.size(); ++r) {
      for (int32_t i = 0; i < count; ++i) {
        const double value = source_.number(doc, i);
        if (value < ranges_[r].from || value >= ranges_[r].to) continue;
        RETURN_IF_ERROR(collect_bucket(doc, score, bucket * ranges_.size() + r));
        break;
      }
    }
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    if (ranges_.empty()) RETURN_IF_ERROR(resolve());
    Aggregation aggregation =
        named(spec_.type, spec_range_.keyed ? Aggregation::Shape::kKeyedBuckets : Aggregation::Shape::kBuckets);
    for (size_t r = 0; r < ranges_.size(); ++r) {
      ASSIGN_OR_RETURN(AggregationBucket one, bucket_of(bucket == kNoBucket ? kNoBucket : bucket * ranges_.size() + r));
      one.key = ranges_[r].key;
      if (!spec_range_.keyed) append_member(one.members, "key", base::quote(one.key));
      if (std::isfinite(ranges_[r].from)) append_bound("from", ranges_[r].from, one.members);
      if (std::isfinite(ranges_[r].to)) append_bound("to", ranges_[r].to, one.members);
      aggregation.buckets.push_back(std::move(one));
    }
    return aggregation;
  }

 private:
  Result<double> bound(base::JsonValue value, double open) const;
  base::Status resolve();
  const ValueFormat& format() const { return source_.field() == nullptr ? unmapped_format_ : source_.format(); }
  std::string bound_text(double value) const {
    if (!std::isfinite(value)) return "*";
    return spec_range_.is_date() ? date_text(value) : format().shows_text() ? format().text(value) : base::format_number(value);
  }
  std::string date_text(double value) const {
    if (source_.format().kind() == ValueFormat::Kind::kDate) return source_.format().text(value);
    return index::format_date(static_cast<int64_t>(value), date_format());
  }
  std::string date_format() const {
    return spec_range_.source.format.empty() ? std::string(kRangeDateFormat) : spec_range_.source.format;
  }
  void append_bound(std::string_view name, double value, std::string& members) const {
    append_member(members, name, base::format_number(value));
    if (spec_range_.is_date() || format().shows_text())
      append_member(members, std::string(name) + "_as_string", base::quote(bound_text(value)));
  }

  const RangeSpec& spec_range_;
  ValuesSource source_;
  ValueFormat unmapped_format_;
  std::vector<Range> ranges_;  ///< by from, then to
};

Result<double> Ranges::bound(base::JsonValue value, double open) const {
  if (!value.exists() || value.is_null()) return open;
  if (!spec_range_.is_date()) return read_double(value, "range");
  const bool own = source_.format().kind() == ValueFormat::Kind::kDate;
  const std::string format = own ? source_.format().pattern() : date_format();
  if (value.is_number() && format.find("epoch_millis") != std::string::npos) return value.as_double();
  Result<int64_t> ms = index::parse_date(scalar_text(value), format, context_.backend.now_ms(), index::DateRounding::kDown);
  if (!ms.has_value()) {
    Error error(ErrorCode::kParse, "failed to parse date field [{}] with format [{}]: [{}]", scalar_text(value), format,
                ms.error().reason());
    return std::move(error).with_cause(std::move(ms).error());
  }
  const TimeZone& zone = spec_range_.source.zone;
  const std::string text = scalar_text(value);
  const bool absolute = value.is_number() || text.find("now") == 0 || text.ends_with('Z') || zone.is_utc();
  return static_cast<double>(absolute ? *ms : zone.to_utc(*ms));
}

base::Status Ranges::resolve() {
  for (const RangeRequest& request : spec_range_.ranges) {
    Range range;
    ASSIGN_OR_RETURN(range.from, bound(request.from, -kInfinity));
    ASSIGN_OR_RETURN(range.to, bound(request.to, kInfinity));
    range.key = !request.key.empty() ? request.key : bound_text(range.from) + "-" + bound_text(range.to);
    ranges_.push_back(std::move(range));
  }
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& a, const Range& b) { return a.from != b.from ? a.from < b.from : a.to < b.to; });
  return {};
}

Result<AggregatorPtr> RangeSpec::create(AggregationContext& context) const {
  if (ranges.empty()) return Error(ErrorCode::kIllegalArgument, "No [ranges] specified for the [{}] aggregation", name);
  ASSIGN_OR_RETURN(AggregatorList list, AggregatorList::create(subs, context));
  return AggregatorPtr(std::make_unique<Ranges>(*this, context, std::move(list)));
}

base::Status read_ranges(const AggregationParser& parser, JsonMember member, std::vector<RangeRequest>& ranges) {
  if (!member.value.is_array()) return parser.unknown_field(member);
  for (const base::JsonValue entry : member.value.as_array()) {
    if (!entry.is_object()) return parser.failed_field(member, "a range must be an object");
    RangeRequest range;
    for (const JsonMember part : entry.as_object()) {
      const bool scalar = !part.value.is_object() && !part.value.is_array();
      if (part.key == "from" && scalar) {
        range.from = part.value;
      } else if (part.key == "to" && scalar) {
        range.to = part.value;
      } else if (part.key == "key" && part.value.is_string()) {
        range.key = std::string(part.value.as_string());
      } else {
        return parser.unknown_field(part);
      }
    }
    ranges.push_back(std::move(range));
  }
  return {};
}

}  // namespace

Result<AggregationSpecPtr> parse_range(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<RangeSpec>();
  spec->source.type = parser.type;
  spec->source.takes = ValuesRequest::Takes::kNumbers;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "ranges") {
      RETURN_IF_ERROR(read_ranges(parser, member, spec->ranges));
    } else if (member.key == "keyed") {
      ASSIGN_OR_RETURN(spec->keyed, read_bool(member.value, member.key));
    } else {
      ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
      if (!known) return parser.unknown_field(member);
    }
  }
  if (spec->source.field.empty())
    return Error(ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
