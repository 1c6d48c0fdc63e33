#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "inference/endpoints/inference_service.h"
#include "search/exec/filter_cache.h"
#include "search/exec/parallel_runs.h"

namespace selene::base {
class ThreadPool;
}

namespace selene::search {

/// A search as it came: path, URL parameters (decoded; already known to be allowed), body.
struct SearchCall {
  std::string indices;  ///< the path part; empty: all
  std::vector<std::pair<std::string, std::string>> parameters;
  const base::JsonDocument* body = nullptr;      ///< null: no body
  std::vector<std::string>* warnings = nullptr;  ///< gets what the caller should be told beside the answer; null: nobody asks
};

inline constexpr int64_t kMaxBuckets = 65536;  ///< search.max_buckets, unless it is set

class QueryRulesets;
class ReaderContexts;
struct ReaderContext;

/// Runs searches over the embedded index: parse, one Snapshot per index, query or retriever tree, page, fetch, JSON. Thread-safe.
class SearchService {
 public:
  /// `clock` decides when points in time and scrolls are forgotten; it must outlive the service.
  SearchService(index::Catalog& catalog, inference::InferenceService& inference, const base::Clock& clock = base::system_clock(),
                const FilterCache::Options& filter_cache = {});
  ~SearchService();

  /// The whole answer of `_search` as JSON text.
  base::Result<std::string> search(const SearchCall& call, const base::Cancellation& cancellation);
  /// The whole answer of `_count`.
  base::Result<std::string> count(const SearchCall& call, const base::Cancellation& cancellation);

  /// The next page of a scroll, as the whole answer. Its time starts anew, with `keep_alive_ms` if given. Errors: kIllegalArgument
  /// (not a scroll id), kSearchPhaseExecution caused by kSearchContextMissing.
  base::Result<std::string> scroll(std::string_view scroll_id, std::optional<int64_t> keep_alive_ms, bool total_as_int,
                                   const base::Cancellation& cancellation);
  /// How many of the scrolls there were. Errors: kIllegalArgument (not a scroll id).
  base::Result<size_t> clear_scrolls(const std::vector<std::string>& scroll_ids);
  size_t clear_all_scrolls();
  /// Those whose time is over end now, so that nobody counts them as open.
  void forget_expired_contexts();

  /// Holds what the indices of `call` (and their aliases' filters, and `index_filter` of its body) are now. The answer is
  /// {"id","_shards"}.
  base::Result<std::string> open_point_in_time(const SearchCall& call, int64_t keep_alive_ms);
  /// Whether it was open. Errors: kIllegalArgument (not such an id).
  base::Result<bool> close_point_in_time(std::string_view id);

  /// Asked by each search for `search.max_buckets`. REQUIRES: called before the first search.
  void set_max_buckets_rule(std::function<int64_t()> rule) { max_buckets_ = std::move(rule); }
  /// Of each call of a re-ranker, if not 30 s. REQUIRES: called before the first search.
  void set_rerank_timeout(std::chrono::milliseconds timeout) { rerank_timeout_ = timeout; }

  /// Rulesets of the rule query and retriever. Owned by the service.
  QueryRulesets& query_rulesets() { return *query_rulesets_; }
  /// Documents of filters, of all indices. Owned by the service.
  FilterCache& filter_cache() { return *filter_cache_; }

 private:
  base::Result<std::string> start_scroll(const SearchCall& call, const base::Cancellation& cancellation);
  base::Result<std::string> scroll_page(ReaderContext& context, std::string_view scroll_id, const base::Cancellation& cancellation);

  index::Catalog& catalog_;
  inference::InferenceService& inference_;
  std::function<int64_t()> max_buckets_;  ///< empty: the default
  std::chrono::milliseconds rerank_timeout_{30000};
  std::unique_ptr<ReaderContexts> contexts_;
  std::unique_ptr<QueryRulesets> query_rulesets_;
  std::unique_ptr<FilterCache> filter_cache_;
  /// Threads for one more search: as many as processors are left by those that run.
  FreeThreads free_threads() const;

  std::unique_ptr<base::ThreadPool> tree_threads_;  ///< children of compound retrievers, segments of large searches
  std::atomic<int32_t> num_running_ = 0;            ///< searches
};

/// `_source` filtering of one document, also used by GET _doc, _mget and _update: includes/excludes are wildcard paths; both empty:
/// as it is.
struct SourceFilter {
  bool enabled = true;
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  std::optional<bool> exclude_vectors = std::nullopt;  ///< empty: as the index says
  bool keeps_all() const { return enabled && includes.empty() && excludes.empty(); }
  /// The same with the index's dense_vector and sparse_vector fields among `excludes`, unless `exclude_vectors` or, where that says
  /// nothing, `index.mapping.exclude_source_vectors` is false.
  SourceFilter for_index(const index::Index& index, const index::Mapping& mapping) const;
  /// From `_source` (body value or missing) and the URL parameters `_source`, `_source_includes`, `_source_excludes`,
  /// `_source_exclude_vectors` (the URL wins). Errors: kParsing, kIllegalArgument.
  static base::Result<SourceFilter> parse(base::JsonValue body_value,
                                          const std::vector<std::pair<std::string, std::string>>& parameters);
};
/// The filtered JSON object text. REQUIRES: valid JSON.
base::Result<std::string> filter_source(std::string_view source, const SourceFilter& filter);

}  // namespace selene::search
