#include "search/aggregations/bucket_order.h"

#include <limits>

#include "base/format.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

bool is_own_key(std::string_view path) { return path == "_count" || path == "_key"; }

/// A path's first name, the rest behind `>`, and the property behind `.` of the last name.
struct PathStep {
  std::string_view name;
  std::string_view rest;
  std::string_view property;
};

PathStep first_step(std::string_view path) {
  const size_t deeper = path.find('>');
  PathStep step{path.substr(0, deeper), deeper == std::string_view::npos ? std::string_view() : path.substr(deeper + 1), {}};
  if (deeper == std::string_view::npos) {
    const size_t dot = step.name.find_last_of(".[");
    if (dot != std::string_view::npos) {
      step.property = step.name.substr(dot + 1);
      if (step.property.ends_with(']')) step.property.remove_suffix(1);
      step.name = step.name.substr(0, dot);
    }
  }
  return step;
}

Error invalid_path(std::string_view path, std::string_view why) {
  Error inner(ErrorCode::kIllegalArgument, "{}", why);
  Error error(ErrorCode::kIllegalArgument, "Invalid aggregation order path [{}]. {}", path, why);
  return std::move(error).with_cause(std::move(inner));
}

base::Status check_path(std::string_view whole, std::string_view path, const std::vector<AggregationSpecPtr>& subs) {
  PathStep step = first_step(path);
  const auto find = [&](std::string_view name) -> const AggregationSpec* {
    for (const AggregationSpecPtr& spec : subs) {
      if (spec->name == name) return spec.get();
    }
    return nullptr;
  };
  const AggregationSpec* spec = find(step.name);
  if (spec == nullptr && !step.property.empty() && step.rest.empty()) {  // a name with a dot in it
    spec = find(path);
    if (spec != nullptr) step.property = {};
  }
  if (spec == nullptr) return invalid_path(whole, base::format("Cannot find aggregation named [{}]", step.name));
  const AggregationSpec::Values values = spec->values();
  if (values == AggregationSpec::Values::kBuckets || values == AggregationSpec::Values::kNone) {
    return invalid_path(whole, base::format("Buckets can only be sorted on a sub-aggregator path that is built out of zero or more "
                                            "single-bucket aggregations within the path and a final single-bucket or a metrics "
                                            "aggregation at the path end. [{}] is not single-bucket.",
                                            spec->name));
  }
  if (values == AggregationSpec::Values::kBucket) {
    if (!step.rest.empty()) return check_path(whole, step.rest, spec->subs);
    if (step.property.empty() || step.property == "doc_count" || step.property == "_count") return {};
    return invalid_path(whole,
                        base::format("Ordering on a single-bucket aggregation can only be done on its doc_count. Either drop "
                                     "the key (a la \"{}\") or change it to \"doc_count\" (a la \"{}.doc_count\")",
                                     spec->name, spec->name));
  }
  if (!step.rest.empty())
    return invalid_path(whole, base::format("Metrics aggregations cannot have sub-aggregations (at [>{}]", step.rest));
  if (values == AggregationSpec::Values::kSingle) {
    if (step.property.empty() || step.property == "value") return {};
    return invalid_path(whole,
                        "Ordering on a single-value metrics aggregation can only be done on its value. Either drop the key (a "
                        "la \"" +
                            spec->name + "\") or change it to \"value\" (a la \"" + spec->name + ".value\")");
  }
  if (step.property.empty())
    return invalid_path(whole, "When ordering on a multi-value metrics aggregation a metric name must be specified.");
  if (!spec->has_value(step.property))
    return invalid_path(whole,
                        base::format("Unknown value key [{}] for multi-value metric aggregation [{}]", step.property, spec->name));
  return {};
}

}  // namespace

Result<BucketOrder> parse_bucket_order(const AggregationParser& parser, base::JsonMember member) {
  BucketOrder order;
  const auto append = [&](base::JsonValue entry) -> base::Status {
    if (!entry.is_object() || entry.as_object().empty())
      return parser.failed_field(member, "Must specify at least one field for [order]");
    size_t num_keys = 0;
    for (const auto [path, direction] : entry.as_object()) {
      if (++num_keys > 1) return parser.failed_field(member, "Must specify at most one field for [order]");
      const std::string text = scalar_text(direction);
      const bool descending = text == "desc" || text == "DESC";
      if (!descending && text != "asc" && text != "ASC")
        return parser.failed_field(member, "Unknown order direction [" + text + "]");
      order.push_back({std::string(path == "_term" || path == "_time" ? std::string_view("_key") : path), descending});
    }
    return {};
  };
  if (member.value.is_array()) {
    if (member.value.as_array().empty()) return parser.failed_field(member, "Must specify at least one field for [order]");
    for (const base::JsonValue entry : member.value.as_array()) RETURN_IF_ERROR(append(entry));
  } else {
    RETURN_IF_ERROR(append(member.value));
  }
  return order;
}

base::Status check_bucket_order(const BucketOrder& order, const std::vector<AggregationSpecPtr>& subs) {
  for (const BucketOrderKey& key : order) {
    if (!is_own_key(key.path)) RETURN_IF_ERROR(check_path(key.path, key.path, subs));
  }
  return {};
}

double order_value(const AggregatorList& subs, std::string_view path, size_t bucket) {
  PathStep step = first_step(path);
  const Aggregator* aggregator = subs.find(step.name);
  if (aggregator == nullptr && !step.property.empty()) {
    aggregator = subs.find(path);
    step.property = {};
  }
  // Single-bucket aggregations number their buckets as their parent does.
  while (aggregator != nullptr && !step.rest.empty()) {
    step = first_step(step.rest);
    aggregator = aggregator->child(step.name);
  }
  if (aggregator == nullptr) return std::numeric_limits<double>::quiet_NaN();
  return aggregator->metric(bucket, step.property.empty() ? std::string_view("value") : step.property);
}

}  // namespace selene::search
