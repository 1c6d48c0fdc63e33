#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/catalog/catalog.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/backends/rescore.h"
#include "search/backends/slice.h"
#include "search/fetch/field_request.h"
#include "search/fetch/script_fields.h"
#include "search/highlight/highlight_request.h"
#include "search/request/collapse.h"
#include "search/request/search_service.h"
#include "search/retrievers/retriever.h"
#include "search/sort/sort_request.h"

namespace selene::search {

/// `pit`: which point in time is searched.
struct PointInTime {
  std::string id;
  std::optional<int64_t> keep_alive_ms;
};

/// Whose terms and lengths scores are made of.
enum class Statistics : uint8_t { kOfEachIndex, kOfAllIndices };

/// A search as understood: body keys and URL parameters read and checked, the URL winning. Values are views of the call.
struct SearchRequest {
  base::JsonValue query;
  std::vector<base::JsonValue> knn;  ///< kNN searches beside `query`; scores add up
  base::JsonValue post_filter;
  base::JsonValue search_after;
  std::unique_ptr<Retriever> retriever;
  std::optional<int32_t> from;
  std::optional<int32_t> size;
  std::vector<SortField> sort;
  SourceFilter source;
  bool source_given = false;
  std::vector<FieldRequest> fields;
  std::vector<FieldRequest> docvalue_fields;
  std::vector<ScriptField> script_fields;
  std::vector<std::string> stored_fields;   ///< {"_none_"}: no metadata either
  std::optional<int32_t> track_total_hits;  ///< 0: do not count; INT32_MAX: exactly; empty: not said
  bool track_scores = false;
  std::optional<float> min_score;
  bool explain = false;
  bool version = false;
  bool seq_no_primary_term = false;
  bool profile = false;
  bool rest_total_hits_as_int = false;
  bool allow_partial_search_results = true;
  std::optional<int64_t> scroll_keep_alive_ms;  ///< of a search that opens a scroll
  std::optional<PointInTime> pit;
  std::optional<Slice> slice;
  std::optional<Collapse> collapse;
  std::optional<HighlightRequest> highlight;
  std::vector<Rescore> rescores;
  AggregationTree aggregations;
  TypedKeys typed_keys = TypedKeys::kNo;
  std::vector<std::pair<std::string, float>> indices_boost;  ///< names or patterns; the first that fits an index holds
  int32_t terminate_after = 0;
  Statistics statistics = Statistics::kOfEachIndex;  ///< `search_type`
  std::optional<std::chrono::milliseconds> timeout;
  index::IndicesOptions indices_options;
  std::vector<std::string>* warnings = nullptr;  ///< the call's

  int32_t from_or_default() const { return from.value_or(0); }
  int32_t size_or_default() const { return size.value_or(10); }
  /// How far hits are counted.
  int32_t count_up_to() const {
    if (track_total_hits) return *track_total_hits;
    return rest_total_hits_as_int || scroll_keep_alive_ms ? std::numeric_limits<int32_t>::max() : 10000;
  }
};

/// Errors: kParsing (unknown key), kIllegalArgument (negative sizes, keys not supported), kActionRequestValidation.
base::Result<SearchRequest> parse_search_request(const SearchCall& call);

/// ignore_unavailable, allow_no_indices, expand_wildcards of the URL.
base::Result<index::IndicesOptions> parse_indices_options(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace selene::search
