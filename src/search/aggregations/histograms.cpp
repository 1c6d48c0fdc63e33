// histogram, date_histogram.

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/format.h"
#include "base/time_value.h"
#include "index/mapping/document_parser.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/bucket_order.h"
#include "search/aggregations/bucket_ordinals.h"
#include "search/aggregations/date_rounding.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

/// `extended_bounds`, `hard_bounds`: numbers or date texts.
struct Bounds {
  base::JsonValue min;
  base::JsonValue max;
};

class HistogramSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kBuckets; }
  bool is_date() const { return type == "date_histogram"; }

  ValuesRequest source;
  double interval = 0;                   ///< histogram
  double offset = 0;                     ///< histogram
  std::optional<DateRounding> rounding;  ///< date_histogram
  int64_t min_doc_count = 0;
  bool keyed = false;
  BucketOrder order = {{"_key", false}};
  std::optional<Bounds> extended_bounds;
  std::optional<Bounds> hard_bounds;
};

/// Keys are moments (ms) of a date_histogram, and steps of `interval` behind `offset` of a histogram.
class Histogram final : public BucketAggregator {
 public:
  Histogram(const HistogramSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)), histogram_(spec), source_(spec.source) {}

  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(source_.begin_target(target, context_.backend.now_ms()));
    if (histogram_.extended_bounds) RETURN_IF_ERROR(resolve(*histogram_.extended_bounds, extended_));
    if (histogram_.hard_bounds) RETURN_IF_ERROR(resolve(*histogram_.hard_bounds, hard_));
    return BucketAggregator::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    source_.begin_segment(segment);
    BucketAggregator::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    if (source_.has_ranges()) return collect_ranges(doc, score, bucket);
    const int32_t count = source_.count(doc);
    int64_t before = 0;
    for (int32_t i = 0; i < count; ++i) {
      const double value = source_.number(doc, i);
      const int64_t key = key_of(value);
      if ((i > 0 && key == before) || !in_hard_bounds(key, value)) continue;
      before = key;
      RETURN_IF_ERROR(collect_bucket(doc, score, ordinals_.find_or_add(bucket, key)));
    }
    return {};
  }
  Result<Aggregation> result(size_t bucket) override;

 private:
  struct Limits {
    std::optional<double> min;
    std::optional<double> max;
  };
  struct Found {
    int64_t key = 0;
    size_t ordinal = kNoBucket;
  };
  int64_t key_of(double value) const {
    if (histogram_.rounding) return histogram_.rounding->round(floor_to_integer(value));
    return floor_to_integer((value - histogram_.offset) / histogram_.interval);
  }
  double number_of(int64_t key) const {
    return histogram_.rounding ? static_cast<double>(key) : static_cast<double>(key) * histogram_.interval + histogram_.offset;
  }
  int64_t next(int64_t key) const { return histogram_.rounding ? histogram_.rounding->next(key) : key + 1; }
  bool in_hard_bounds(int64_t key, double value) const {
    if (!histogram_.hard_bounds) return true;
    // A histogram keeps buckets that start inside, a date_histogram likewise with an open end.
    const double start = number_of(key);
    const bool above = !hard_.min || (histogram_.rounding ? value >= *hard_.min || start >= *hard_.min : start >= *hard_.min);
    return above && (!hard_.max || (histogram_.rounding ? start < *hard_.max : start <= *hard_.max));
  }
  base::Status collect_ranges(DocId doc, float score, size_t bucket);
  Result<std::optional<double>> resolve(base::JsonValue value) const;
  base::Status resolve(const Bounds& bounds, Limits& limits) const {
    ASSIGN_OR_RETURN(limits.min, resolve(bounds.min));
    ASSIGN_OR_RETURN(limits.max, resolve(bounds.max));
    if (!limits.min || !limits.max || *limits.min <= *limits.max) return {};
    return Error(ErrorCode::kIllegalArgument,
                 "[extended_bounds.min][{}] cannot be greater than [extended_bounds.max][{}] for histogram "
                 "aggregation [{}]",
                 base::format_number(*limits.min), base::format_number(*limits.max), spec_.name);
  }
  base::Status fill(std::vector<Found>& found) const;
  void sort(std::vector<Found>& found) const;
  void write_key(int64_t key, AggregationBucket& into) const;

  const HistogramSpec& histogram_;
  ValuesSource source_;
  BucketOrdinals ordinals_;
  Limits extended_;
  Limits hard_;
};

/// A document is in every bucket that one of its ranges reaches, once.
base::Status Histogram::collect_ranges(DocId doc, float score, size_t bucket) {
  std::optional<int64_t> last_done;
  int64_t num_keys = 0;
  for (int32_t i = 0; i < source_.num_ranges(doc); ++i) {
    const ValuesSource::NumberRange range = source_.range(doc, i);
    const double from = hard_.min ? std::max(range.from, *hard_.min) : range.from;
    const double to = hard_.max ? std::min(range.to, *hard_.max) : range.to;
    if (from > to) continue;
    const int64_t last = key_of(to);
    for (int64_t key = last_done ? std::max(key_of(from), *last_done) : key_of(from); key <= last; key = next(key)) {
      if (last_done && key == *last_done) continue;
      if (++num_keys > context_.max_buckets) return context_.add_buckets(num_keys);
      RETURN_IF_ERROR(collect_bucket(doc, score, ordinals_.find_or_add(bucket, key)));
    }
    last_done = last_done ? std::max(*last_done, last) : last;
  }
  return {};
}

Result<std::optional<double>> Histogram::resolve(base::JsonValue value) const {
  if (!value.exists() || value.is_null()) return std::optional<double>();
  if (value.is_number()) return std::optional(value.as_double());
  if (source_.format().kind() != ValueFormat::Kind::kDate) {
    ASSIGN_OR_RETURN(const double number, read_double(value, "bounds"));
    return std::optional(number);
  }
  const std::string text = scalar_text(value);
  ASSIGN_OR_RETURN(const int64_t ms,
                   index::parse_date(text, source_.format().pattern(), context_.backend.now_ms(), index::DateRounding::kDown));
  const TimeZone& zone = histogram_.source.zone;
  return std::optional(static_cast<double>(zone.is_utc() || text.ends_with('Z') ? ms : zone.to_utc(ms)));
}

/// Adds the empty buckets between the first and the last one, or as far as extended_bounds go.
base::Status Histogram::fill(std::vector<Found>& found) const {
  std::optional<int64_t> first;
  std::optional<int64_t> last;
  if (!found.empty()) {
    first = found.front().key;
    last = found.back().key;
  }
  if (extended_.min) first = first ? std::min(*first, key_of(*extended_.min)) : key_of(*extended_.min);
  if (extended_.max) last = last ? std::max(*last, key_of(*extended_.max)) : key_of(*extended_.max);
  if (!first || !last || *first > *last) return {};
  std::vector<Found> filled;
  size_t at = 0;
  for (int64_t key = *first; key <= *last; key = next(key)) {
    while (at < found.size() && found[at].key < key) filled.push_back(found[at++]);
    if (at < found.size() && found[at].key == key) {
      filled.push_back(found[at++]);
    } else {
      filled.push_back({key, kNoBucket});
    }
    if (static_cast<int64_t>(filled.size()) + context_.num_buckets > context_.max_buckets)
      return context_.add_buckets(static_cast<int64_t>(filled.size()));
  }
  while (at < found.size()) filled.push_back(found[at++]);
  found = std::move(filled);
  return {};
}

void Histogram::sort(std::vector<Found>& found) const {
  const auto before = [this](const Found& a, const Found& b) {
    for (const BucketOrderKey& key : histogram_.order) {
      double x = 0;
      double y = 0;
      if (key.path == "_key") {
        if (a.key != b.key) return (a.key < b.key) != key.descending;
        continue;
      }
      x = key.path == "_count" ? static_cast<double>(doc_count(a.ordinal)) : order_value(subs_, key.path, a.ordinal);
      y = key.path == "_count" ? static_cast<double>(doc_count(b.ordinal)) : order_value(subs_, key.path, b.ordinal);
      if (std::isnan(x) || std::isnan(y)) {
        if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
        continue;
      }
      if (x != y) return (x < y) != key.descending;
    }
    return a.key < b.key;
  };
  std::sort(found.begin(), found.end(), before);
}

void Histogram::write_key(int64_t key, AggregationBucket& into) const {
  into.key_number = number_of(key);
  const ValueFormat& format = source_.format();
  if (!histogram_.rounding) {
    into.key = format.shows_text() ? format.text(into.key_number) : base::format_number(into.key_number);
    if (format.shows_text()) append_member(into.members, "key_as_string", base::quote(into.key));
    append_member(into.members, "key", base::format_number(into.key_number));
    return;
  }
  into.key = format.text_of_integer(key);
  if (format.shows_text()) append_member(into.members, "key_as_string", base::quote(into.key));
  append_member(into.members, "key", std::to_string(key));
}

Result<Aggregation> Histogram::result(size_t bucket) {
  std::vector<Found> found;
  for (const size_t ordinal : ordinals_.of_parent(bucket)) {
    if (doc_count(ordinal) >= histogram_.min_doc_count) found.push_back({ordinals_.key(ordinal), ordinal});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.key < b.key; });
  if (histogram_.min_doc_count == 0) RETURN_IF_ERROR(fill(found));
  sort(found);
  Aggregation aggregation = named(spec_.type, histogram_.keyed ? Aggregation::Shape::kKeyedBuckets : Aggregation::Shape::kBuckets);
  for (const Found& one : found) {
    ASSIGN_OR_RETURN(AggregationBucket made, bucket_of(one.ordinal));
    write_key(one.key, made);
    aggregation.buckets.push_back(std::move(made));
  }
  return aggregation;
}

Result<AggregatorPtr> HistogramSpec::create(AggregationContext& context) const {
  if (!is_date() && interval <= 0) {
    return Error(ErrorCode::kIllegalArgument, "interval must be positive, got: {}", base::format_number(interval));
  }
  if (is_date() && !rounding)
    return Error(ErrorCode::kIllegalArgument, "Invalid interval specified, must be non-null and non-empty");
  RETURN_IF_ERROR(check_bucket_order(order, subs));
  ASSIGN_OR_RETURN(AggregatorList list, AggregatorList::create(subs, context));
  return AggregatorPtr(std::make_unique<Histogram>(*this, context, std::move(list)));
}

base::Status read_bounds(const AggregationParser& parser, JsonMember member, std::optional<Bounds>& bounds) {
  if (!member.value.is_object()) return parser.unknown_field(member);
  bounds.emplace();
  for (const JsonMember part : member.value.as_object()) {
    if (part.key != "min" && part.key != "max") return parser.unknown_field(part);
    (part.key == "min" ? bounds->min : bounds->max) = part.value;
  }
  return {};
}

/// Keys that both histograms have. True if it was one.
Result<bool> read_common_key(const AggregationParser& parser, JsonMember member, HistogramSpec& spec) {
  if (member.key == "min_doc_count") {
    ASSIGN_OR_RETURN(spec.min_doc_count, parser.read_count(member, 0));
  } else if (member.key == "keyed") {
    ASSIGN_OR_RETURN(spec.keyed, read_bool(member.value, member.key));
  } else if (member.key == "order") {
    ASSIGN_OR_RETURN(spec.order, parse_bucket_order(parser, member));
  } else if (member.key == "extended_bounds") {
    RETURN_IF_ERROR(read_bounds(parser, member, spec.extended_bounds));
  } else if (member.key == "hard_bounds") {
    RETURN_IF_ERROR(read_bounds(parser, member, spec.hard_bounds));
  } else {
    return spec.source.read(member);
  }
  return true;
}

Result<int64_t> offset_ms(base::JsonValue value) {
  if (value.is_integer()) return value.as_int64();
  std::string text = scalar_text(value);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  ASSIGN_OR_RETURN(const int64_t ms, base::parse_time_value_ms(text, "date_histogram.offset"));
  return negative ? -ms : ms;
}

}  // namespace

Result<AggregationSpecPtr> parse_histogram(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<HistogramSpec>();
  spec->source.type = parser.type;
  spec->source.takes = ValuesRequest::Takes::kNumbers;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "interval") {
      ASSIGN_OR_RETURN(spec->interval, read_double(member.value, member.key));
      if (spec->interval <= 0)
        return parser.failed_field(member, base::format("[interval] must be >0 for histogram aggregation [{}]", parser.name));
    } else if (member.key == "offset") {
      ASSIGN_OR_RETURN(spec->offset, read_double(member.value, member.key));
    } else {
      ASSIGN_OR_RETURN(const bool known, read_common_key(parser, member, *spec));
      if (!known) return parser.unknown_field(member);
    }
  }
  if (spec->source.field.empty()) return field_missing();
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_date_histogram(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<HistogramSpec>();
  spec->source.type = parser.type;
  spec->source.takes = ValuesRequest::Takes::kNumbers;
  int64_t offset = 0;
  for (const JsonMember member : body.as_object()) {
    if ((member.key == "calendar_interval" || member.key == "fixed_interval") && member.value.is_string()) {
      if (spec->rounding)
        return parser.failed_field(member, "Cannot use [fixed_interval] with [calendar_interval] configuration option.");
      Result<DateRounding> rounding = member.key == "calendar_interval" ? DateRounding::calendar(member.value.as_string())
                                                                        : DateRounding::fixed(member.value.as_string());
      if (!rounding.has_value()) return parser.failed_field(member, std::move(rounding).error());
      spec->rounding = std::move(rounding).value();
    } else if (member.key == "offset") {
      ASSIGN_OR_RETURN(offset, offset_ms(member.value));
    } else {
      ASSIGN_OR_RETURN(const bool known, read_common_key(parser, member, *spec));
      if (!known) return parser.unknown_field(member);
    }
  }
  if (spec->source.field.empty()) return field_missing();
  if (spec->rounding) {
    spec->rounding->set_zone(spec->source.zone);
    spec->rounding->set_offset_ms(offset);
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
