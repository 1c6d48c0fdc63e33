#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregation.h"

namespace selene::search {

/// An aggregation over what others found. Sibling ones (avg_bucket, ...) stand beside the buckets they read; parent ones
/// (cumulative_sum, ...) add to each bucket around them.
struct PipelineSpec {
  enum class Kind : uint8_t {
    kAvgBucket,
    kSumBucket,
    kMinBucket,
    kMaxBucket,
    kStatsBucket,
    kCumulativeSum,
    kDerivative,
    kBucketSort,
  };
  enum class GapPolicy : uint8_t { kSkip, kInsertZeros, kKeepValues };

  std::string name;
  std::string meta;  ///< JSON, or empty
  Kind kind = Kind::kAvgBucket;
  std::string buckets_path;
  GapPolicy gap_policy = GapPolicy::kSkip;
  std::string format;
  struct SortKey {
    std::string path;
    bool descending = false;
  };
  std::vector<SortKey> sort;  ///< bucket_sort
  int64_t from = 0;
  std::optional<int64_t> size;

  bool is_sibling() const { return kind <= Kind::kStatsBucket; }
};

struct AggregationParser;

/// Whether `type` is one of them.
std::optional<PipelineSpec::Kind> pipeline_kind(std::string_view type);
/// `body`: an object. Errors: kIllegalArgument, kXContentParse.
base::Result<PipelineSpec> parse_pipeline(const AggregationParser& parser, base::JsonValue body);

class AggregationSpec;
/// Whether paths of sibling pipelines start at one of `specs`. Errors: kActionRequestValidation `No aggregation found for path
/// [x]`.
base::Status check_bucket_paths(const std::vector<PipelineSpec>& pipelines,
                                const std::vector<std::unique_ptr<AggregationSpec>>& specs);

/// Adds what sibling pipelines find to the list they stand in. Errors: kIllegalArgument (a path that names nothing).
base::Status apply_sibling_pipelines(const std::vector<PipelineSpec>& pipelines, std::vector<Aggregation>& aggregations);
/// Adds what parent pipelines find to the buckets of `parent`.
base::Status apply_parent_pipelines(const std::vector<PipelineSpec>& pipelines, Aggregation& parent);

}  // namespace selene::search
