#include "search/aggregations/aggregation.h"

#include <limits>

namespace selene::search {
namespace {

/// JSON members as one object.
std::string object_of(const std::string& members) { return "{" + members + "}"; }

void append_members(std::string& into, const std::string& members) {
  if (members.empty()) return;
  if (!into.empty()) into += ",";
  into += members;
}

std::string bucket_members(const AggregationBucket& bucket, bool with_key, TypedKeys typed) {
  std::string members = with_key ? bucket.members : "";
  append_member(members, "doc_count", base::JsonWriter().value(bucket.doc_count).text());
  append_members(members, bucket.more);
  base::JsonWriter subs;
  subs.begin_object();
  write_aggregations(bucket.subs, typed, subs);
  const std::string text = subs.end_object().take();
  append_members(members, text.substr(1, text.size() - 2));
  return members;
}

std::string members_of(const Aggregation& aggregation, TypedKeys typed) {
  std::string members;
  if (!aggregation.meta.empty()) append_member(members, "meta", aggregation.meta);
  append_members(members, aggregation.body);
  if (aggregation.shape == Aggregation::Shape::kMetric) return members;
  if (aggregation.shape == Aggregation::Shape::kSingleBucket) {
    append_members(members, bucket_members(aggregation.buckets.front(), false, typed));
    return members;
  }
  const bool keyed = aggregation.shape == Aggregation::Shape::kKeyedBuckets;
  base::JsonWriter list;
  keyed ? list.begin_object() : list.begin_array();
  for (const AggregationBucket& bucket : aggregation.buckets) {
    if (keyed) list.key(bucket.key);
    list.raw(object_of(bucket_members(bucket, true, typed)));
  }
  keyed ? list.end_object() : list.end_array();
  append_member(members, "buckets", list.text());
  return members;
}

}  // namespace

double Aggregation::value(std::string_view wanted) const {
  for (const auto& [known, number] : values) {
    if (known == wanted) return number;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void append_member(std::string& into, std::string_view name, std::string_view json) {
  if (!into.empty()) into += ",";
  into += base::quote(name);
  into += ":";
  into += json;
}

void write_aggregations(const std::vector<Aggregation>& aggregations, TypedKeys typed, base::JsonWriter& out) {
  for (const Aggregation& aggregation : aggregations) {
    std::string name(typed == TypedKeys::kYes ? aggregation.typed_as : "");
    if (!name.empty()) name += "#";
    out.key(name + aggregation.name).raw(object_of(members_of(aggregation, typed)));
  }
}

}  // namespace selene::search
