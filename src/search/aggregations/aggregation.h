#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/json_writer.h"

namespace selene::search {

struct AggregationBucket;

/// What an aggregation found. A plain value: pipeline aggregations read it and add to it before it is written.
struct Aggregation {
  /// kMetric: `body` is all; kSingleBucket: one bucket whose members stand in the aggregation itself; kBuckets: a list;
  /// kKeyedBuckets: an object by key.
  enum class Shape : uint8_t { kMetric, kSingleBucket, kBuckets, kKeyedBuckets };

  std::string name;
  std::string_view typed_as;  ///< "sterms", "avg", ...: the prefix of `typed_keys`
  Shape shape = Shape::kMetric;
  std::string meta;                                    ///< JSON, or empty
  std::string body;                                    ///< JSON members without braces, before the buckets
  std::vector<std::pair<std::string, double>> values;  ///< numbers by name ("value", "avg", ...): for `buckets_path`
  std::vector<AggregationBucket> buckets;

  /// NaN if there is no such number.
  double value(std::string_view wanted) const;
};

struct AggregationBucket {
  std::string key;        ///< as text: the name in a keyed list
  std::string members;    ///< JSON members without braces, before doc_count: `"key":1`
  std::string more;       ///< JSON members behind doc_count
  double key_number = 0;  ///< of numeric keys
  int64_t doc_count = 0;
  std::vector<Aggregation> subs;
};

enum class TypedKeys : uint8_t { kNo, kYes };

/// `"name":{...}` for each, into an object that is open.
void write_aggregations(const std::vector<Aggregation>& aggregations, TypedKeys typed, base::JsonWriter& out);

/// Appends a member to the JSON members in `into`: `"name":<json>`, with a comma where there are some already.
void append_member(std::string& into, std::string_view name, std::string_view json);

}  // namespace selene::search
