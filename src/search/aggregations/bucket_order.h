#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/aggregations/aggregator.h"

namespace selene::search {

/// One key of `order`: "_count", "_key", or the path of a metric below (`stats.avg`, `filter>avg`).
struct BucketOrderKey {
  std::string path;
  bool descending = false;
};
using BucketOrder = std::vector<BucketOrderKey>;

/// {"path":"asc"} or a list of these. Errors: kXContentParse, kIllegalArgument.
base::Result<BucketOrder> parse_bucket_order(const AggregationParser& parser, base::JsonMember member);
/// Whether the paths name metrics of `subs`. Errors: kIllegalArgument `Invalid aggregation order path [y]. Cannot find aggregation
/// named [y]`.
base::Status check_bucket_order(const BucketOrder& order, const std::vector<AggregationSpecPtr>& subs);

/// The number of `path` for one bucket; NaN: none.
double order_value(const AggregatorList& subs, std::string_view path, size_t bucket);

}  // namespace selene::search
