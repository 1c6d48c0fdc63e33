#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregator.h"
#include "search/aggregations/pipeline.h"

namespace selene::search {

/// Aggregations of one level: those that collect, in the order given, and those that read what they found.
struct AggregationTree {
  std::vector<AggregationSpecPtr> specs;
  std::vector<PipelineSpec> pipelines;
};

/// State of one parse.
struct AggregationParser {
  const base::JsonDocument* document = nullptr;  ///< for places in errors; may be null
  std::string_view name;                         ///< of the aggregation being read
  std::string_view type;

  /// `[1:30] [terms] unknown field [foo]`.
  base::Error unknown_field(base::JsonMember member) const;
  /// `[1:30] [terms] failed to parse field [size]` caused by kIllegalArgument `why`.
  base::Error failed_field(base::JsonMember member, std::string why) const;
  base::Error failed_field(base::JsonMember member, base::Error cause) const;
  base::Result<int32_t> read_count(base::JsonMember member, int32_t least) const;
};

/// {"<name>": {"<type>": {...}, "aggs": {...}, "meta": {...}}, ...}. Errors: kParsing, kXContentParse, kIllegalArgument, as
/// Elasticsearch words them; kActionRequestValidation (a `buckets_path` that names nothing).
base::Result<AggregationTree> parse_aggregations(const base::JsonDocument* document, base::JsonMember member);

/// A type of aggregation and what reads its body. `body` is an object.
struct AggregationEntry {
  std::string_view type;
  base::Result<AggregationSpecPtr> (*parse)(const AggregationParser& parser, base::JsonValue body);
  bool takes_subs = false;
};

/// One parser for each file of aggregators.
base::Result<AggregationSpecPtr> parse_numeric_metric(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_weighted_avg(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_cardinality(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_percentiles(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_top_hits(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_terms(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_filter(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_filters(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_missing(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_global(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_nested(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_reverse_nested(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_range(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_histogram(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_date_histogram(const AggregationParser& parser, base::JsonValue body);
base::Result<AggregationSpecPtr> parse_composite(const AggregationParser& parser, base::JsonValue body);

}  // namespace selene::search
