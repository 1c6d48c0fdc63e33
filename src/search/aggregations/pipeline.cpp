#include "search/aggregations/pipeline.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/double_limits.h"
#include "search/aggregations/value_format.h"
#include "search/query/parse_support.h"
#include "search/sort/sort_request.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::Result;
using Kind = PipelineSpec::Kind;

namespace {

constexpr std::pair<std::string_view, Kind> kKinds[] = {
    {"avg_bucket", Kind::kAvgBucket},  {"sum_bucket", Kind::kSumBucket},     {"min_bucket", Kind::kMinBucket},
    {"max_bucket", Kind::kMaxBucket},  {"stats_bucket", Kind::kStatsBucket}, {"cumulative_sum", Kind::kCumulativeSum},
    {"derivative", Kind::kDerivative}, {"bucket_sort", Kind::kBucketSort},
};

std::string_view first_name(std::string_view path) { return path.substr(0, path.find_first_of(">.")); }

const Aggregation* find(const std::vector<Aggregation>& aggregations, std::string_view name) {
  for (const Aggregation& aggregation : aggregations) {
    if (aggregation.name == name) return &aggregation;
  }
  return nullptr;
}

Error no_such(std::string_view path) {
  return Error(ErrorCode::kIllegalArgument, "No aggregation [{}] found for path [{}]", first_name(path), path);
}

/// The number at `path` below a bucket: `_count`, `_key`, `metric`, `metric.property`, `filter>metric`.
Result<double> value_at(const AggregationBucket& bucket, std::string_view path) {
  if (path == "_count") return static_cast<double>(bucket.doc_count);
  if (path == "_key") return bucket.key_number;
  const size_t deeper = path.find('>');
  const std::string_view step = path.substr(0, deeper);
  const Aggregation* found = find(bucket.subs, step);
  std::string_view property = "value";
  if (found == nullptr) {
    const size_t dot = step.rfind('.');
    if (dot == std::string_view::npos) return no_such(path);
    property = step.substr(dot + 1);
    found = find(bucket.subs, step.substr(0, dot));
    if (found == nullptr) return no_such(path);
  }
  if (found->shape == Aggregation::Shape::kSingleBucket) {
    return value_at(found->buckets.front(),
                    deeper == std::string_view::npos ? std::string_view("_count") : path.substr(deeper + 1));
  }
  if (found->shape != Aggregation::Shape::kMetric) {
    return Error(ErrorCode::kAggregationExecution,
                 "buckets_path must reference either a number value or a single value numeric metric aggregation, got: [{}] at "
                 "aggregation [{}]",
                 found->typed_as, found->name);
  }
  return found->value(property);
}

/// A value as gap_policy sees it; empty: the bucket is passed over.
std::optional<double> without_gap(double value, int64_t doc_count, PipelineSpec::GapPolicy policy) {
  const bool gap = !std::isfinite(value) || (doc_count == 0 && policy != PipelineSpec::GapPolicy::kKeepValues);
  if (!gap) return value;
  if (policy == PipelineSpec::GapPolicy::kInsertZeros) return 0.0;
  return std::nullopt;
}

struct BucketValues {
  std::vector<double> values;
  std::vector<std::string> keys;
};

Result<BucketValues> collect(const PipelineSpec& spec, const std::vector<Aggregation>& aggregations) {
  const std::string_view name = first_name(spec.buckets_path);
  const Aggregation* found = find(aggregations, name);
  std::string_view rest = std::string_view(spec.buckets_path).substr(name.size());
  // Single buckets on the way are walked through.
  while (found != nullptr && found->shape == Aggregation::Shape::kSingleBucket && rest.starts_with('>')) {
    const std::string_view next = first_name(rest.substr(1));
    rest.remove_prefix(1 + next.size());
    found = find(found->buckets.front().subs, next);
  }
  if (found == nullptr) return no_such(spec.buckets_path);
  if (!rest.empty()) rest.remove_prefix(1);
  BucketValues collected;
  for (const AggregationBucket& bucket : found->buckets) {
    ASSIGN_OR_RETURN(const double value, value_at(bucket, rest.empty() ? std::string_view("_count") : rest));
    const bool counts = rest.empty() || rest == "_count";
    const auto kept = without_gap(value, counts ? 1 : bucket.doc_count, spec.gap_policy);
    if (!kept) continue;
    collected.values.push_back(*kept);
    collected.keys.push_back(bucket.key);
  }
  return collected;
}

ValueFormat format_of(const PipelineSpec& spec) { return ValueFormat::of(nullptr, spec.format, TimeZone()); }

Aggregation simple_value(const PipelineSpec& spec, double value, std::string_view typed_as) {
  Aggregation made;
  made.name = spec.name;
  made.meta = spec.meta;
  made.typed_as = typed_as;
  made.values.emplace_back("value", value);
  append_number(made.body, "value", value, format_of(spec));
  return made;
}

Aggregation extreme(const PipelineSpec& spec, const BucketValues& found) {
  double best = spec.kind == Kind::kMaxBucket ? -kInfinity : kInfinity;
  base::JsonWriter keys;
  std::vector<std::string> best_keys;
  for (size_t i = 0; i < found.values.size(); ++i) {
    const double value = found.values[i];
    const bool better = spec.kind == Kind::kMaxBucket ? value > best : value < best;
    if (better) best_keys.clear();
    if (better || value == best) best_keys.push_back(found.keys[i]);
    if (better) best = value;
  }
  keys.begin_array();
  for (const std::string& key : best_keys) keys.value(key);
  keys.end_array();
  Aggregation made = simple_value(spec, best, "bucket_metric_value");
  append_member(made.body, "keys", keys.text());
  return made;
}

Aggregation sibling(const PipelineSpec& spec, const BucketValues& found) {
  if (spec.kind == Kind::kMaxBucket || spec.kind == Kind::kMinBucket) return extreme(spec, found);
  double sum = 0;
  double min = kInfinity;
  double max = -kInfinity;
  for (const double value : found.values) {
    sum += value;
    min = std::min(min, value);
    max = std::max(max, value);
  }
  const double count = static_cast<double>(found.values.size());
  const double avg = found.values.empty() ? kNaN : sum / count;
  if (spec.kind == Kind::kAvgBucket) return simple_value(spec, avg, "simple_value");
  if (spec.kind == Kind::kSumBucket) return simple_value(spec, sum, "simple_value");
  Aggregation made;
  made.name = spec.name;
  made.meta = spec.meta;
  made.typed_as = "stats_bucket";
  made.values = {{"count", count}, {"min", min}, {"max", max}, {"avg", avg}, {"sum", sum}};
  append_member(made.body, "count", std::to_string(found.values.size()));
  for (size_t i = 1; i < made.values.size(); ++i)
    append_number(made.body, made.values[i].first, made.values[i].second, format_of(spec));
  return made;
}

base::Status cumulative_sum(const PipelineSpec& spec, Aggregation& parent) {
  double sum = 0;
  for (AggregationBucket& bucket : parent.buckets) {
    ASSIGN_OR_RETURN(const double value, value_at(bucket, spec.buckets_path));
    if (std::isfinite(value)) sum += value;
    bucket.subs.push_back(simple_value(spec, sum, "simple_value"));
  }
  return {};
}

base::Status derivative(const PipelineSpec& spec, Aggregation& parent) {
  std::optional<double> before;
  for (AggregationBucket& bucket : parent.buckets) {
    ASSIGN_OR_RETURN(const double value, value_at(bucket, spec.buckets_path));
    const int64_t doc_count = spec.buckets_path == "_count" ? 1 : bucket.doc_count;
    const auto kept = without_gap(value, doc_count, spec.gap_policy);
    if (kept && before) bucket.subs.push_back(simple_value(spec, *kept - *before, "derivative"));
    if (kept) before = kept;
  }
  return {};
}

base::Status bucket_sort(const PipelineSpec& spec, Aggregation& parent) {
  std::vector<std::pair<std::vector<double>, AggregationBucket>> sorted;
  for (AggregationBucket& bucket : parent.buckets) {
    std::vector<double> values;
    bool gap = false;
    for (const PipelineSpec::SortKey& key : spec.sort) {
      ASSIGN_OR_RETURN(const double value, value_at(bucket, key.path));
      const bool own = key.path == "_count" || key.path == "_key";
      const auto kept = without_gap(value, own ? 1 : bucket.doc_count, spec.gap_policy);
      gap = gap || !kept;
      values.push_back(kept.value_or(kNaN));
    }
    if (!gap) sorted.emplace_back(std::move(values), std::move(bucket));
  }
  std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
    for (size_t i = 0; i < spec.sort.size(); ++i) {
      if (a.first[i] != b.first[i]) return (a.first[i] < b.first[i]) != spec.sort[i].descending;
    }
    return false;
  });
  parent.buckets.clear();
  for (size_t i = static_cast<size_t>(spec.from); i < sorted.size(); ++i) {
    if (spec.size && i >= static_cast<size_t>(spec.from + *spec.size)) break;
    parent.buckets.push_back(std::move(sorted[i].second));
  }
  return {};
}

Result<std::string> read_path(const AggregationParser& parser, JsonMember member) {
  if (member.value.is_string()) return std::string(member.value.as_string());
  if (member.value.is_array() && member.value.as_array().size() == 1) return scalar_text(*member.value.as_array().begin());
  return parser.failed_field(member, "must contain exactly one path");
}

base::Status read_gap_policy(const AggregationParser& parser, JsonMember member, PipelineSpec& spec) {
  const std::string text = scalar_text(member.value);
  if (text == "skip") spec.gap_policy = PipelineSpec::GapPolicy::kSkip;
  if (text == "insert_zeros") spec.gap_policy = PipelineSpec::GapPolicy::kInsertZeros;
  if (text == "keep_values") spec.gap_policy = PipelineSpec::GapPolicy::kKeepValues;
  if (text != "skip" && text != "insert_zeros" && text != "keep_values") {
    return parsing_error({parser.document, 0}, member.value,
                         base::format("Invalid gap policy: [{}], accepted values: [insert_zeros, skip, keep_values]", text));
  }
  return {};
}

base::Status read_sort(const AggregationParser& parser, JsonMember member, PipelineSpec& spec) {
  ASSIGN_OR_RETURN(const std::vector<SortField> keys, parse_sort(parser.document, member.value));
  for (const SortField& key : keys) spec.sort.push_back({key.field, key.descending});
  return {};
}

}  // namespace

std::optional<Kind> pipeline_kind(std::string_view type) {
  for (const auto& [name, kind] : kKinds) {
    if (name == type) return kind;
  }
  return std::nullopt;
}

Result<PipelineSpec> parse_pipeline(const AggregationParser& parser, base::JsonValue body) {
  PipelineSpec spec;
  spec.kind = *pipeline_kind(parser.type);
  for (const JsonMember member : body.as_object()) {
    if (member.key == "buckets_path" && spec.kind != Kind::kBucketSort) {
      ASSIGN_OR_RETURN(spec.buckets_path, read_path(parser, member));
    } else if (member.key == "gap_policy") {
      RETURN_IF_ERROR(read_gap_policy(parser, member, spec));
    } else if (member.key == "format" && member.value.is_string()) {
      spec.format = std::string(member.value.as_string());
    } else if (member.key == "sort" && spec.kind == Kind::kBucketSort) {
      RETURN_IF_ERROR(read_sort(parser, member, spec));
    } else if (member.key == "from" && spec.kind == Kind::kBucketSort) {
      ASSIGN_OR_RETURN(spec.from, parser.read_count(member, 0));
    } else if (member.key == "size" && spec.kind == Kind::kBucketSort) {
      ASSIGN_OR_RETURN(const int32_t size, parser.read_count(member, 1));
      spec.size = size;
    } else {
      return parser.unknown_field(member);
    }
  }
  if (spec.kind != Kind::kBucketSort && spec.buckets_path.empty())
    return Error(ErrorCode::kIllegalArgument, "Required [buckets_path]");
  if (spec.kind == Kind::kBucketSort && spec.sort.empty() && !spec.size && spec.from == 0) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: [{}] is configured to perform nothing. Please set either of [sort, size, from] to use "
                 "bucket_sort;",
                 parser.name);
  }
  return spec;
}

base::Status check_bucket_paths(const std::vector<PipelineSpec>& pipelines,
                                const std::vector<std::unique_ptr<AggregationSpec>>& specs) {
  for (const PipelineSpec& pipeline : pipelines) {
    if (!pipeline.is_sibling()) {
      return Error(ErrorCode::kActionRequestValidation,
                   "Validation Failed: 1: {} aggregation [{}] must be declared inside of another aggregation;",
                   kKinds[static_cast<size_t>(pipeline.kind)].first, pipeline.name);
    }
    const std::string_view name = first_name(pipeline.buckets_path);
    const bool found = std::any_of(specs.begin(), specs.end(), [&](const auto& spec) { return spec->name == name; });
    if (!found) {
      return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: No aggregation found for path [{}];",
                   pipeline.buckets_path);
    }
  }
  return {};
}

base::Status apply_sibling_pipelines(const std::vector<PipelineSpec>& pipelines, std::vector<Aggregation>& aggregations) {
  for (const PipelineSpec& pipeline : pipelines) {
    if (!pipeline.is_sibling()) continue;
    ASSIGN_OR_RETURN(const BucketValues found, collect(pipeline, aggregations));
    aggregations.push_back(sibling(pipeline, found));
  }
  return {};
}

base::Status apply_parent_pipelines(const std::vector<PipelineSpec>& pipelines, Aggregation& parent) {
  for (const PipelineSpec& pipeline : pipelines) {
    if (pipeline.kind == Kind::kCumulativeSum) RETURN_IF_ERROR(cumulative_sum(pipeline, parent));
    if (pipeline.kind == Kind::kDerivative) RETURN_IF_ERROR(derivative(pipeline, parent));
  }
  for (const PipelineSpec& pipeline : pipelines) {
    if (pipeline.kind == Kind::kBucketSort) RETURN_IF_ERROR(bucket_sort(pipeline, parent));
  }
  return {};
}

}  // namespace selene::search
