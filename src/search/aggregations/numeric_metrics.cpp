// avg, sum, min, max, value_count, stats, extended_stats: one accumulator, several ways to show it.

#include <algorithm>
#include <cmath>

#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/compensated_sum.h"
#include "search/aggregations/double_limits.h"
#include "search/aggregations/values_source.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;

struct Accumulator {
  int64_t count = 0;
  CompensatedSum sum;
  CompensatedSum sum_of_squares;
  double min = kInfinity;
  double max = -kInfinity;

  double mean() const { return count == 0 ? kNaN : sum.value() / static_cast<double>(count); }
  double variance(int64_t degrees) const {
    if (count == 0 || degrees <= 0) return kNaN;
    const double s = sum.value();
    const double deviations = sum_of_squares.value() - s * s / static_cast<double>(count);
    return std::max(0.0, deviations / static_cast<double>(degrees));
  }
  double variance_population() const { return variance(count); }
  double variance_sampling() const { return count == 0 ? kNaN : count == 1 ? kNaN : variance(count - 1); }
};

class NumericMetricSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return is_multiple() ? Values::kMultiple : Values::kSingle; }
  bool has_value(std::string_view wanted) const override;
  bool is_multiple() const { return type == "stats" || type == "extended_stats"; }

  ValuesRequest source;
  double sigma = 2;
};

/// A number of the accumulator by its name in results; NaN: no such name, or no value.
double property_of(const Accumulator& a, std::string_view type, std::string_view name, double sigma) {
  if (name == "value") name = type == "value_count" ? "count" : type;
  if (name == "count") return static_cast<double>(a.count);
  if (name == "sum") return a.sum.value();
  if (name == "avg") return a.mean();
  if (name == "min") return a.min;
  if (name == "max") return a.max;
  if (name == "sum_of_squares") return a.count == 0 ? kNaN : a.sum_of_squares.value();
  if (name == "variance" || name == "variance_population") return a.variance_population();
  if (name == "variance_sampling") return a.variance_sampling();
  if (name == "std_deviation" || name == "std_deviation_population") return std::sqrt(a.variance_population());
  if (name == "std_deviation_sampling") return std::sqrt(a.variance_sampling());
  if (name == "std_upper") return a.mean() + sigma * std::sqrt(a.variance_population());
  if (name == "std_lower") return a.mean() - sigma * std::sqrt(a.variance_population());
  return kNaN;
}

constexpr std::string_view kStats[] = {"count", "min", "max", "avg", "sum"};
constexpr std::string_view kExtended[] = {"sum_of_squares",         "variance",      "variance_population",
                                          "variance_sampling",      "std_deviation", "std_deviation_population",
                                          "std_deviation_sampling", "std_upper",     "std_lower"};

bool NumericMetricSpec::has_value(std::string_view wanted) const {
  if (std::find(std::begin(kStats), std::end(kStats), wanted) != std::end(kStats)) return true;
  return type == "extended_stats" && std::find(std::begin(kExtended), std::end(kExtended), wanted) != std::end(kExtended);
}

class NumericMetric final : public Aggregator {
 public:
  NumericMetric(const NumericMetricSpec& spec, const AggregationContext& context)
      : spec_(spec), context_(context), source_(spec.source), reads_numbers_(spec.type != "value_count") {}

  base::Status begin_target(const LocalTarget& target) override { return source_.begin_target(target, context_.backend.now_ms()); }
  void begin_segment(const AggregationSegment& segment) override { source_.begin_segment(segment); }
  base::Status collect(DocId doc, float /*score*/, size_t bucket) override {
    const int32_t count = source_.count(doc);
    if (count == 0) return {};
    if (bucket >= accumulators_.size()) accumulators_.resize(bucket + 1);
    Accumulator& a = accumulators_[bucket];
    a.count += count;
    for (int32_t i = 0; reads_numbers_ && i < count; ++i) {
      const double value = source_.number(doc, i);
      a.sum.add(value);
      a.sum_of_squares.add(value * value);
      a.min = std::min(a.min, value);
      a.max = std::max(a.max, value);
    }
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    static const Accumulator kEmpty;
    const Accumulator& a = bucket < accumulators_.size() ? accumulators_[bucket] : kEmpty;
    Aggregation aggregation;
    aggregation.typed_as = spec_.type;
    if (!spec_.is_multiple()) {
      aggregation.values.emplace_back("value", property_of(a, spec_.type, "value", spec_.sigma));
      if (spec_.type == "value_count") {
        append_member(aggregation.body, "value", std::to_string(a.count));
      } else {
        append_number(aggregation.body, "value", aggregation.values.front().second, source_.format());
      }
      return aggregation;
    }
    append_stats(a, aggregation);
    if (spec_.type == "extended_stats") append_extended(a, aggregation);
    return aggregation;
  }
  double metric(size_t bucket, std::string_view property) const override {
    if (bucket >= accumulators_.size()) return property_of(Accumulator(), spec_.type, property, spec_.sigma);
    return property_of(accumulators_[bucket], spec_.type, property, spec_.sigma);
  }

 private:
  void append(const Accumulator& a, std::string_view name, Aggregation& into) const {
    const double value = property_of(a, spec_.type, name, spec_.sigma);
    into.values.emplace_back(name, value);
    if (std::isnan(value) && a.count > 0) {  // a sample of one has no variance
      append_member(into.body, name, "\"NaN\"");
      return;
    }
    append_number(into.body, name, value, source_.format());
  }
  void append_stats(const Accumulator& a, Aggregation& into) const {
    into.values.emplace_back("count", static_cast<double>(a.count));
    append_member(into.body, "count", std::to_string(a.count));
    for (const std::string_view name : {"min", "max", "avg", "sum"}) append(a, name, into);
  }
  void append_extended(const Accumulator& a, Aggregation& into) const {
    for (const std::string_view name : {"sum_of_squares", "variance", "variance_population", "variance_sampling", "std_deviation",
                                        "std_deviation_population", "std_deviation_sampling"})
      append(a, name, into);
    std::string bounds;
    const double population = spec_.sigma * std::sqrt(a.variance_population());
    const double sampling = spec_.sigma * std::sqrt(a.variance_sampling());
    const std::pair<std::string_view, double> kBounds[] = {{"upper", population},
                                                           {"lower", -population},
                                                           {"upper_population", population},
                                                           {"lower_population", -population},
                                                           {"upper_sampling", sampling},
                                                           {"lower_sampling", -sampling}};
    std::string texts;
    for (const auto& [name, distance] : kBounds) {
      const double value = a.mean() + distance;
      append_member(bounds, name, std::isfinite(value) ? base::format_number(value) : a.count == 0 ? "null" : "\"NaN\"");
      if (source_.format().shows_text() && std::isfinite(value))
        append_member(texts, name, base::quote(source_.format().text(value)));
    }
    append_member(into.body, "std_deviation_bounds", "{" + bounds + "}");
    if (!texts.empty()) append_member(into.body, "std_deviation_bounds_as_string", "{" + texts + "}");
  }

  const NumericMetricSpec& spec_;
  const AggregationContext& context_;
  ValuesSource source_;
  bool reads_numbers_;
  std::vector<Accumulator> accumulators_;
};

Result<AggregatorPtr> NumericMetricSpec::create(AggregationContext& context) const {
  return AggregatorPtr(std::make_unique<NumericMetric>(*this, context));
}

class WeightedAvgSpec final : public AggregationSpec {
 public:
  Result<AggregatorPtr> create(AggregationContext& context) const override;
  Values values() const override { return Values::kSingle; }
  ValuesRequest value;
  ValuesRequest weight;
};

class WeightedAvg final : public Aggregator {
 public:
  WeightedAvg(const WeightedAvgSpec& spec, const AggregationContext& context)
      : context_(context), values_(spec.value), weights_(spec.weight) {}
  base::Status begin_target(const LocalTarget& target) override {
    RETURN_IF_ERROR(values_.begin_target(target, context_.backend.now_ms()));
    return weights_.begin_target(target, context_.backend.now_ms());
  }
  void begin_segment(const AggregationSegment& segment) override {
    values_.begin_segment(segment);
    weights_.begin_segment(segment);
  }
  base::Status collect(DocId doc, float /*score*/, size_t bucket) override {
    const int32_t num_values = values_.count(doc);
    const int32_t num_weights = weights_.count(doc);
    if (num_values == 0 || num_weights == 0) return {};
    if (num_weights > 1) {
      return Error(
          ErrorCode::kIllegalArgument,
          "Encountered more than one weight for a single document. Use a script to combine multiple weights-per-doc into a "
          "single value.");
    }
    if (bucket >= sums_.size()) sums_.resize(bucket + 1);
    const double weight = weights_.number(doc, 0);
    for (int32_t i = 0; i < num_values; ++i) {
      sums_[bucket].first.add(values_.number(doc, i) * weight);
      sums_[bucket].second.add(weight);
    }
    return {};
  }
  Result<Aggregation> result(size_t bucket) override {
    Aggregation aggregation;
    aggregation.typed_as = "weighted_avg";
    aggregation.values.emplace_back("value", metric(bucket, "value"));
    append_number(aggregation.body, "value", aggregation.values.front().second, values_.format());
    return aggregation;
  }
  double metric(size_t bucket, std::string_view property) const override {
    if (property != "value" || bucket >= sums_.size()) return kNaN;
    return sums_[bucket].first.value() / sums_[bucket].second.value();
  }

 private:
  const AggregationContext& context_;
  ValuesSource values_;
  ValuesSource weights_;
  std::vector<std::pair<CompensatedSum, CompensatedSum>> sums_;
};

Result<AggregatorPtr> WeightedAvgSpec::create(AggregationContext& context) const {
  return AggregatorPtr(std::make_unique<WeightedAvg>(*this, context));
}

}  // namespace

Result<AggregationSpecPtr> parse_numeric_metric(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<NumericMetricSpec>();
  spec->source.type = parser.type;
  const bool any = parser.type == "value_count";
  spec->source.takes = any ? ValuesRequest::Takes::kAny : ValuesRequest::Takes::kNumbers;
  for (const JsonMember member : body.as_object()) {
    if (member.key == "sigma" && parser.type == "extended_stats" && member.value.is_number()) {
      spec->sigma = member.value.as_double();
      if (spec->sigma < 0)
        return parser.failed_field(member, "[sigma] must be greater than or equal to 0. Found [" +
                                               base::format_number(spec->sigma) + "] in [" + std::string(parser.name) + "]");
      continue;
    }
    ASSIGN_OR_RETURN(const bool known, spec->source.read(member));
    if (!known) return parser.unknown_field(member);
  }
  if (spec->source.field.empty()) return field_missing();
  return AggregationSpecPtr(std::move(spec));
}

Result<AggregationSpecPtr> parse_weighted_avg(const AggregationParser& parser, base::JsonValue body) {
  auto spec = std::make_unique<WeightedAvgSpec>();
  for (const JsonMember member : body.as_object()) {
    if (member.key == "format" && member.value.is_string()) {
      spec->value.format = std::string(member.value.as_string());
      continue;
    }
    if (member.key == "value_type") continue;
    if ((member.key != "value" && member.key != "weight") || !member.value.is_object()) return parser.unknown_field(member);
    ValuesRequest& source = member.key == "value" ? spec->value : spec->weight;
    source.type = parser.type;
    source.takes = ValuesRequest::Takes::kNumbers;
    for (const JsonMember inner : member.value.as_object()) {
      ASSIGN_OR_RETURN(const bool known, source.read(inner));
      if (!known) return parser.unknown_field(inner);
    }
    if (source.field.empty()) return field_missing();
  }
  if (spec->value.field.empty() || spec->weight.field.empty())
    return Error(ErrorCode::kIllegalArgument, "Required [value, weight]");
  return AggregationSpecPtr(std::move(spec));
}

}  // namespace selene::search
