#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/format.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/bucket_ordinals.h"
#include "search/aggregations/date_rounding.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;
using Kind = ValuesSource::Kind;

constexpr int64_t kNull = std::numeric_limits<int64_t>::min();

/// One part of the key.
struct KeySource {
  std::string name;
  std::string_view type;  ///< terms, histogram, date_histogram
  ValuesRequest values;
  bool descending = false;
  bool missing_bucket = false;
  enum class MissingOrder : uint8_t { kDefault, kFirst, kLast } missing_order = MissingOrder::kDefault;
  double interval = 0;
  double offset = 0;
  std::optional<DateRounding> rounding;
  JsonValue after;  ///< of the request's `after`
};

class CompositeSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kBuckets; }
  std::vector<KeySource> sources;
  int32_t size = 10;
  bool has_after = false;
};

/// A key: one number a source (texts by TextNumbers), kNull for a missing value.
using Key = std::vector<int64_t>;

class Composite final : public BucketAggregator {
 public:
  Composite(const CompositeSpec& spec, AggregationContext& context, AggregatorList subs)
      : BucketAggregator(spec, context, std::move(subs)), composite_(spec), texts_(spec.sources.size()) {
    for (const KeySource& source : spec.sources) values_.emplace_back(source.values);
  }

  base::Status begin_target(const LocalTarget& target) override {
    for (ValuesSource& values : values_) RETURN_IF_ERROR(values.begin_target(target, context_.backend.now_ms()));
    if (composite_.has_after && after_.empty()) RETURN_IF_ERROR(read_after());
    return BucketAggregator::begin_target(target);
  }
  void begin_segment(const AggregationSegment& segment) override {
    for (ValuesSource& values : values_) values.begin_segment(segment);
    BucketAggregator::begin_segment(segment);
  }
  base::Status collect(DocId doc, float score, size_t bucket) override {
    Key key(values_.size());
    return collect_source(0, doc, score, bucket, key);
  }
  Result<Aggregation> result(size_t bucket) override;

 private:
  base::Status collect_source(size_t at, DocId doc, float score, size_t bucket, Key& key) {
    if (at == values_.size()) return collect_key(doc, score, bucket, key);
    const int32_t count = values_[at].count(doc);
    if (count == 0 && composite_.sources[at].missing_bucket) {
      key[at] = kNull;
      return collect_source(at + 1, doc, score, bucket, key);
    }
    for (int32_t i = 0; i < count; ++i) {
      const int64_t value = value_of(at, doc, i);
      if (i > 0 && value == key[at]) continue;
      key[at] = value;
      RETURN_IF_ERROR(collect_source(at + 1, doc, score, bucket, key));
      key[at] = value;
    }
    return {};
  }
  base::Status collect_key(DocId doc, float score, size_t bucket, const Key& key) {
    if (!after_.empty() && compare(key, after_) <= 0) return {};
    std::string bytes(reinterpret_cast<const char*>(key.data()), key.size() * sizeof(int64_t));
    bytes.append(reinterpret_cast<const char*>(&bucket), sizeof bucket);
    const auto number = static_cast<size_t>(numbers_.find_or_add(bytes));
    if (number == keys_.size()) keys_.push_back({bucket, key});
    return collect_bucket(doc, score, number);
  }
  int64_t value_of(size_t at, DocId doc, int32_t i) {
    const KeySource& source = composite_.sources[at];
    ValuesSource& values = values_[at];
    if (source.rounding) return source.rounding->round(floor_to_integer(values.number(doc, i)));
    if (source.type == "histogram") return step_of(source, values.number(doc, i));
    if (is_text(at)) return texts_[at].find_or_add(values.text(doc, i));
    return values.encoded(doc, i);
  }
  static int64_t step_of(const KeySource& source, double value) {
    return floor_to_integer((value - source.offset) / source.interval);
  }
  bool is_text(size_t at) const {
    return composite_.sources[at].type == "terms" && (values_[at].kind() == Kind::kText || values_[at].kind() == Kind::kUnmapped);
  }
  int compare(const Key& a, const Key& b) const {
    for (size_t at = 0; at < a.size(); ++at) {
      const int order = compare_at(at, a[at], b[at]);
      if (order != 0) return order;
    }
    return 0;
  }
  int compare_at(size_t at, int64_t a, int64_t b) const {
    const KeySource& source = composite_.sources[at];
    if (a == b) return 0;
    if (a == kNull || b == kNull) {
      const bool first = source.missing_order == KeySource::MissingOrder::kDefault
                             ? !source.descending
                             : source.missing_order == KeySource::MissingOrder::kFirst;
      return (a == kNull) == first ? -1 : 1;
    }
    const int order = is_text(at) ? texts_[at].text(a).compare(texts_[at].text(b)) : a < b ? -1 : 1;
    return source.descending ? -order : order;
  }
  base::Status read_after();
  Result<int64_t> read_after_value(size_t at, JsonValue value);
  void write_value(size_t at, int64_t value, base::JsonWriter& out) const;

  struct Found {
    size_t parent = 0;
    Key key;
  };
  const CompositeSpec& composite_;
  std::vector<ValuesSource> values_;
  std::vector<TextNumbers> texts_;
  TextNumbers numbers_;
  std::vector<Found> keys_;  ///< by ordinal
  Key after_;
};

Result<int64_t> Composite::read_after_value(size_t at, JsonValue value) {
  const KeySource& source = composite_.sources[at];
  if (value.is_null()) return kNull;
  if (is_text(at) && values_[at].format().kind() == ValueFormat::Kind::kAddress) {
    ASSIGN_OR_RETURN(const std::string address, index::parse_ip(scalar_text(value)));
    return texts_[at].find_or_add(address);
  }
  if (is_text(at)) return texts_[at].find_or_add(scalar_text(value));
  if (source.type == "histogram") {
    ASSIGN_OR_RETURN(const double number, read_double(value, source.name));
    return floor_to_integer((number - source.offset) / source.interval + 0.5);
  }
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (value.is_string() && values_[at].format().kind() == ValueFormat::Kind::kDate) {
    ASSIGN_OR_RETURN(const int64_t ms, index::parse_date(value.as_string(), values_[at].format().pattern(),
                                                         context_.backend.now_ms(), index::DateRounding::kDown));
    return source.values.zone.to_utc(ms);
  }
  if (values_[at].kind() == Kind::kFloating) {
    ASSIGN_OR_RETURN(const double number, read_double(value, source.name));
    return index::encode_sortable(number);
  }
  return read_long(value, source.name);
}

base::Status Composite::read_after() {
  Key after;
  for (size_t at = 0; at < values_.size(); ++at) {
    if (!composite_.sources[at].after.exists()) {
      return Error(ErrorCode::kIllegalArgument, "Missing value for [after.{}]", composite_.sources[at].name);
    }
    ASSIGN_OR_RETURN(const int64_t value, read_after_value(at, composite_.sources[at].after));
    after.push_back(value);
  }
  after_ = std::move(after);
  return {};
}

void Composite::write_value(size_t at, int64_t value, base::JsonWriter& out) const {
  const KeySource& source = composite_.sources[at];
  const ValueFormat& format = values_[at].format();
  const bool as_text = format.kind() == ValueFormat::Kind::kDate && !source.values.format.empty();
  if (value == kNull) {
    out.null();
  } else if (is_text(at)) {
    out.value(format.text_of_term(texts_[at].text(value)));
  } else if (source.type == "histogram") {
    out.value(static_cast<double>(value) * source.interval + source.offset);
  } else if (as_text) {
    out.value(format.text_of_integer(value));
  } else if (format.kind() == ValueFormat::Kind::kBoolean) {
    out.value(value != 0);
  } else if (values_[at].kind() == Kind::kFloating && !source.rounding) {
    out.value(index::decode_sortable(value));
  } else if (format.kind() == ValueFormat::Kind::kUnsigned) {
    out.value(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
  } else {
    out.value(value);
  }
}

Result<Aggregation> Composite::result(size_t bucket) {
  std::vector<size_t> found;
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].parent == bucket) found.push_back(i);
  }
  const auto wanted = std::min(found.size(), static_cast<size_t>(composite_.size));
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(wanted), found.end(),
                    [this](size_t a, size_t b) { return compare(keys_[a].key, keys_[b].key) < 0; });
  found.resize(wanted);
  Aggregation aggregation = named("composite", Aggregation::Shape::kBuckets);
  std::string last;
  for (const size_t ordinal : found) {
    ASSIGN_OR_RETURN(AggregationBucket one, bucket_of(ordinal));
    base::JsonWriter key;
    key.begin_object();
    for (size_t at = 0; at < values_.size(); ++at) {
      key.key(composite_.sources[at].name);
      write_value(at, keys_[ordinal].key[at], key);
    }
    last = key.end_object().take();
    one.key = last;
    append_member(one.members, "key", last);
    aggregation.buckets.push_back(std::move(one));
  }
  if (!last.empty()) append_member(aggregation.body, "after_key", last);
  return aggregation;
}

Result<AggregatorPtr> CompositeSpec::create(AggregationContext& context) const {
  ASSIGN_OR_RETURN(AggregatorList list, AggregatorList::create(subs, context));
  return AggregatorPtr(std::make_unique<Composite>(*this, context, std::move(list)));
}

/// Keys that only one type of source has. True if it was one.
Result<bool> read_typed_key(const AggregationParser& parser, JsonMember member, KeySource& source) {
  if (source.type == "histogram" && member.key == "interval") {
    ASSIGN_OR_RETURN(source.interval, read_double(member.value, member.key));
    if (source.interval <= 0) return parser.failed_field(member, "[interval] must be greater than 0 for [histogram] source");
  } else if (source.type == "histogram" && member.key == "offset") {
    ASSIGN_OR_RETURN(source.offset, read_double(member.value, member.key));
  } else if (source.type == "date_histogram" && (member.key == "calendar_interval" || member.key == "fixed_interval")) {
    Result<DateRounding> rounding = member.key == "calendar_interval" ? DateRounding::calendar(scalar_text(member.value))
                                                                      : DateRounding::fixed(scalar_text(member.value));
    if (!rounding.has_value()) return parser.failed_field(member, std::move(rounding).error());
    source.rounding = std::move(rounding).value();
  } else {
    return false;
  }
  return true;
}

base::Status read_source_body(const AggregationParser& parser, JsonValue body, KeySource& source) {
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool typed, read_typed_key(parser, member, source));
    if (typed) continue;
    if (member.key == "order") {
      const std::string text = scalar_text(member.value);
      if (text != "asc" && text != "desc") return parser.failed_field(member, "Unknown SortOrder [" + text + "]");
      source.descending = text == "desc";
    } else if (member.key == "missing_bucket") {
      ASSIGN_OR_RETURN(source.missing_bucket, read_bool(member.value, member.key));
    } else if (member.key == "missing_order" && member.value.is_string()) {
      const std::string_view text = member.value.as_string();
      if (text != "first" && text != "last" && text != "default")
        return parser.failed_field(member, "Unknown missing order: [" + std::string(text) + "]");
      source.missing_order = text == "first"  ? KeySource::MissingOrder::kFirst
                             : text == "last" ? KeySource::MissingOrder::kLast
                                              : KeySource::MissingOrder::kDefault;
    } else {
      ASSIGN_OR_RETURN(const bool known, source.values.read(member));
      if (!known) return parser.unknown_field(member);
    }
  }
  if (source.values.field.empty())
    return Error(ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  if (source.rounding) source.rounding->set_zone(source.values.zone);
  if (source.type == "date_histogram" && !source.rounding)
    return Error(ErrorCode::kIllegalArgument, "Invalid interval specified, must be non-null and non-empty");
  if (source.type == "histogram" && source.interval <= 0) return Error(ErrorCode::kIllegalArgument, "Required [interval]");
  return {};
}

base::Status read_sources(const AggregationParser& parser, JsonMember member, std::vector<KeySource>& sources) {
  if (!member.value.is_array()) return parser.unknown_field(member);
  for (const JsonValue entry : member.value.as_array()) {
    if (!entry.is_object() || entry.as_object().size() != 1)
      return parser.failed_field(member, "[sources] must be a list of objects with one name each");
    const JsonMember named = *entry.as_object().begin();
    if (!named.value.is_object() || named.value.as_object().size() != 1)
      return parser.failed_field(member, "a source must have one type");
    const JsonMember typed = *named.value.as_object().begin();
    constexpr std::string_view kTypes[] = {"terms", "histogram", "date_histogram"};
    const auto* const type = std::find(std::begin(kTypes), std::end(kTypes), typed.key);
    if (type == std::end(kTypes) || !typed.value.is_object())
      return parser.failed_field(member, "invalid source type: " + std::string(typed.key));
    for (const KeySource& other : sources) {
      if (other.name == named.key)
        return parser.failed_field(member, "Composite source names must be unique, found duplicates: [" + other.name + "]");
    }
    KeySource source;
    source.name = std::string(named.key);
    source.type = *type;
    source.values.type = *type;
    source.values.reads_ranges = false;
    source.values.takes = *type == "terms" ? ValuesRequest::Takes::kAny : ValuesRequest::Takes::kNumbers;
    RETURN_IF_ERROR(read_source_body(parser, typed.value, source));
    sources.push_back(std::move(source));
  }
  if (sources.empty()) return parser.failed_field(member, "Composite [sources] cannot be null or empty");
  return {};
}

}  // namespace

Result<AggregationSpecPtr> parse_composite(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<CompositeSpec>();
  JsonValue after;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "sources") {
      RETURN_IF_ERROR(read_sources(parser, member, spec->sources));
    } else if (member.key == "size") {
      ASSIGN_OR_RETURN(spec->size, parser.read_count(member, 1));
    } else if (member.key == "after" && member.value.is_object()) {
      after = member.value;
    } else {
      return parser.unknown_field(member);
    }
  }
  if (spec->sources.empty()) return Error(ErrorCode::kIllegalArgument, "Required [sources]");
  if (after.exists()) {
    if (after.as_object().size() != spec->sources.size()) {
      return Error(ErrorCode::kIllegalArgument, "[after] has {} value(s) but [sources] has {}", after.as_object().size(),
                   spec->sources.size());
    }
    for (KeySource& source : spec->sources) source.after = after[source.name];
    spec->has_after = true;
  }
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
