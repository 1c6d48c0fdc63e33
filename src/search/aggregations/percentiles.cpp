// percentiles, percentile_ranks, median_absolute_deviation.

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/quantile_digest.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

class PercentilesSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return type == "median_absolute_deviation" ? Values::kSingle : Values::kMultiple; }
  bool has_value(std::string_view wanted) const override {
    for (const double key : keys) {
      if (base::format_number(key) == wanted || std::to_string(static_cast<int64_t>(key)) == wanted) return true;
    }
    return false;
  }

  ValuesRequest source;
  double compression = 100;
  std::vector<double> keys;  ///< percents, or the values whose ranks are wanted
  bool keyed = true;
};

class Percentiles final : public Aggregator {
 public:
  Percentiles(const PercentilesSpec& spec, const AggregationContext& context)
      : spec_(spec), context_(context), source_(spec.source) {}
  base::Status begin_target(const LocalTarget& target) override { return source_.begin_target(target, context_.backend.now_ms()); }
  void begin_segment(const AggregationSegment& segment) override { source_.begin_segment(segment); }
  base::Status collect(DocId doc, float /*score*/, size_t bucket) override {
    const int32_t count = source_.count(doc);
    if (count == 0) return {};
    while (bucket >= digests_.size()) digests_.emplace_back(spec_.compression);
    for (int32_t i = 0; i < count; ++i) digests_[bucket].add(source_.number(doc, i));
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    const QuantileDigest empty(spec_.compression);
    const QuantileDigest& digest = bucket < digests_.size() ? digests_[bucket] : empty;
    Aggregation aggregation;
    if (spec_.type == "median_absolute_deviation") {
      aggregation.typed_as = spec_.type;
      aggregation.values.emplace_back("value", digest.median_absolute_deviation());
      append_number(aggregation.body, "value", aggregation.values.front().second, source_.format());
      return aggregation;
    }
    aggregation.typed_as = spec_.type == "percentiles" ? "tdigest_percentiles" : "tdigest_percentile_ranks";
    std::string members;
    base::JsonWriter list;
    list.begin_array();
    for (const double key : spec_.keys) {
      const double value = value_of(digest, key);
      aggregation.values.emplace_back(base::format_number(key), value);
      append_number(members, base::format_number(key), value, source_.format());
      std::string entry;
      append_member(entry, "key", base::format_number(key));
      append_number(entry, "value", value, source_.format());
      list.raw("{" + entry + "}");
    }
    list.end_array();
    append_member(aggregation.body, "values", spec_.keyed ? "{" + members + "}" : list.text());
    return aggregation;
  }
  double metric(size_t bucket, std::string_view property) const override {
    if (bucket >= digests_.size()) return std::numeric_limits<double>::quiet_NaN();
    if (property == "value") return digests_[bucket].median_absolute_deviation();
    for (const double key : spec_.keys) {
      if (base::format_number(key) == property || std::to_string(static_cast<int64_t>(key)) == property)
        return value_of(digests_[bucket], key);
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double value_of(const QuantileDigest& digest, double key) const {
    return spec_.type == "percentiles" ? digest.quantile(key / 100) : digest.cdf(key) * 100;
  }

  const PercentilesSpec& spec_;
  const AggregationContext& context_;
  ValuesSource source_;
  std::vector<QuantileDigest> digests_;
};

Result<AggregatorPtr> PercentilesSpec::create(AggregationContext& context) const {
  return AggregatorPtr(std::make_unique<Percentiles>(*this, context));
}

Error build_failed(const AggregationParser& parser, std::string_view why) {
  return Error(ErrorCode::kXContentParse, "Failed to build [{}] after last required field arrived", parser.type)
      .with_cause(Error(ErrorCode::kIllegalArgument, "{}: [{}]", why, parser.name));
}

base::Status read_keys(const AggregationParser& parser, JsonMember member, std::vector<double>& keys) {
  if (!member.value.is_array()) return parser.unknown_field(member);
  keys.clear();
  for (const base::JsonValue element : member.value.as_array()) {
    ASSIGN_OR_RETURN(const double key, read_double(element, member.key));
    if (parser.type == "percentiles" && (key < 0 || key > 100))
      return build_failed(parser, "percent must be in [0,100], got [" + base::format_number(key) + "]");
    keys.push_back(key);
  }
  if (keys.empty()) return build_failed(parser, "[" + std::string(member.key) + "] must not be empty");
  std::sort(keys.begin(), keys.end());
  return {};
}

base::Status read_tdigest(const AggregationParser& parser, base::JsonValue options, double& compression) {
  for (const JsonMember member : options.as_object()) {
    if (member.key == "execution_hint") continue;
    if (member.key != "compression") return parser.unknown_field(member);
    ASSIGN_OR_RETURN(compression, read_double(member.value, member.key));
    if (!(compression >= 0)) {
      return parser.failed_field(
          member, "[compression] must be greater than or equal to 0. Found [" + base::format_number(compression) + "]");
    }
    compression = std::clamp(compression, 10.0, 10000.0);
  }
  return {};
}

}  // namespace

Result<AggregationSpecPtr> parse_percentiles(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<PercentilesSpec>();
  spec->source.type = parser.type;
  spec->source.takes = ValuesRequest::Takes::kNumbers;
  if (parser.type == "median_absolute_deviation") spec->compression = 1000;
  if (parser.type == "percentiles") spec->keys = {1, 5, 25, 50, 75, 95, 99};
  const std::string_view keys = parser.type == "percentiles" ? "percents" : "values";
  for (const JsonMember member : body.as_object()) {
    if (member.key == keys && parser.type != "median_absolute_deviation") {
      RETURN_IF_ERROR(read_keys(parser, member, spec->keys));
    } else if (member.key == "keyed" && member.value.is_bool()) {
      spec->keyed = member.value.as_bool();
    } else if (member.key == "tdigest" && member.value.is_object()) {
      RETURN_IF_ERROR(read_tdigest(parser, member.value, spec->compression));
    } else if (member.key == "compression" && parser.type == "median_absolute_deviation") {
      ASSIGN_OR_RETURN(spec->compression, read_double(member.value, member.key));
    } else if (member.key == "hdr") {
      return parser.failed_field(member, "[hdr] is not supported: leave it out for [tdigest]");
    } else {
      ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
      if (!known) return parser.unknown_field(member);
    }
  }
  if (parser.type == "percentile_ranks" && spec->keys.empty()) return build_failed(parser, "[values] must not be null");
  if (spec->source.field.empty())
    return Error(ErrorCode::kIllegalArgument, "Required one of fields [field, script], but none were specified. ");
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
