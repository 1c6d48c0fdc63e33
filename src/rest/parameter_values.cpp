#include "rest/parameter_values.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string_view>

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr int64_t kNoMinimum = std::numeric_limits<int64_t>::min();

/// Booleans of every call that takes them, sorted.
constexpr std::string_view kBooleans[] = {"active_only",
                                          "all_shards",
                                          "allow_partial_search_results",
                                          "analyze_wildcard",
                                          "ccs_minimize_roundtrips",
                                          "create",
                                          "detailed",
                                          "dry_run",
                                          "flat_settings",
                                          "flush",
                                          "forbid_closed_indices",
                                          "force",
                                          "force_synthetic_source",
                                          "include_defaults",
                                          "include_empty_fields",
                                          "include_named_queries_score",
                                          "include_remotes",
                                          "include_segment_file_sizes",
                                          "include_source_on_error",
                                          "include_unloaded_segments",
                                          "include_unmapped",
                                          "lenient",
                                          "list_executed_pipelines",
                                          "local",
                                          "only_expunge_deletes",
                                          "preserve_existing",
                                          "realtime",
                                          "request_cache",
                                          "require_alias",
                                          "require_data_stream",
                                          "verbose",
                                          "wait_for_completion",
                                          "wait_for_no_initializing_shards",
                                          "wait_for_no_relocating_shards",
                                          "wait_if_ongoing",
                                          "write_index_only"};

/// Flags of index names: their errors name them.
constexpr std::string_view kIndicesFlags[] = {"allow_no_indices", "ignore_throttled", "ignore_unavailable"};

struct WholeNumber {
  std::string_view name;
  std::string_view kind;
  int64_t minimum;
  std::string_view too_small;
};
constexpr WholeNumber kWholeNumbers[] = {
    {"batched_reduce_size", "int", 2, "batchedReduceSize must be >= 2"},
    {"if_primary_term", "long", kNoMinimum, ""},
    {"if_seq_no", "long", kNoMinimum, ""},
    {"max_concurrent_searches", "int", 1, "maxConcurrentSearchRequests must be positive"},
    {"max_concurrent_shard_requests", "int", 1, "maxConcurrentShardRequests must be >= 1"},
    {"pre_filter_shard_size", "int", 1, "preFilterShardSize must be >= 1"},
    {"retry_on_conflict", "int", kNoMinimum, ""},
    {"wait_for_metadata_version", "long", 1, "wait_for_metadata_version must be positive"},
};

Error not_boolean(std::string_view value) {
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", value);
}

bool is_boolean(std::string_view value) { return value.empty() || value == "true" || value == "false"; }

base::Status check_whole_number(const WholeNumber& number, std::string_view value) {
  int64_t parsed = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (fault != std::errc() || end != value.data() + value.size()) {
    return Error(ErrorCode::kIllegalArgument, "Failed to parse {} parameter [{}] with value [{}]", number.kind, number.name, value)
        .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", value));
  }
  if (parsed < number.minimum) return Error(ErrorCode::kIllegalArgument, "{}", number.too_small);
  return {};
}

base::Status check_parameter_value(std::string_view name, std::string_view value) {
  if (std::binary_search(std::begin(kBooleans), std::end(kBooleans), name)) {
    if (!is_boolean(value)) return not_boolean(value);
    return {};
  }
  if (std::binary_search(std::begin(kIndicesFlags), std::end(kIndicesFlags), name)) {
    if (is_boolean(value)) return {};
    return Error(ErrorCode::kIllegalArgument, "Could not convert [{}] to boolean", name).with_cause(not_boolean(value));
  }
  for (const WholeNumber& number : kWholeNumbers) {
    if (number.name == name) return check_whole_number(number, value);
  }
  return {};
}

}  // namespace

base::Status check_parameter_values(const std::vector<std::pair<std::string, std::string>>& params) {
  for (const auto& [name, value] : params) RETURN_IF_ERROR(check_parameter_value(name, value));
  return {};
}

}  // namespace selene::rest
