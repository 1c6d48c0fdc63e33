#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "index/catalog/catalog.h"
#include "search/backends/alias_filter.h"
#include "search/backends/knn_searches.h"
#include "search/backends/search_backend.h"
#include "search/backends/shard_errors.h"
#include "search/backends/slice.h"
#include "search/exec/query_phase.h"
#include "search/query/query.h"

namespace selene::search {

/// One index of a request at one moment. An index is one shard.
struct LocalTarget {
  std::shared_ptr<const index::Index> index;
  std::shared_ptr<const index::Snapshot> snapshot;
  std::shared_ptr<const AliasFilter> alias_filter;  ///< null: none
  float boost = 1;                                  ///< `indices_boost`: times the score of everything found here
  std::optional<Slice> slice = std::nullopt;        ///< only this part of the documents
};

/// The embedded index as the place where leaves search. One object a request. `search` and `count_union` note indices that failed;
/// if all fail, so does the call. Not thread-safe: one request, one thread.
class LocalBackend final : public SearchBackend {
 public:
  /// `document`: the request body, for positions in parse errors; may be null; must outlive the backend.
  LocalBackend(std::vector<LocalTarget> targets, const base::JsonDocument* document, int64_t now_ms)
      : targets_(std::move(targets)), document_(document), now_ms_(now_ms) {}

  int32_t num_shards() const override { return static_cast<int32_t>(targets_.size()); }
  base::Result<LeafResult> search(const LeafQuery& leaf, const base::Cancellation& cancellation) override;
  base::Result<std::vector<std::optional<std::string>>> first_values(std::string_view field,
                                                                     const std::vector<DocAddress>& docs) override;
  base::Result<TotalHits> count_union(const std::vector<LeafQuery>& leaves, int32_t limit,
                                      const base::Cancellation& cancellation) override;

  base::Result<Explanation> explain(const LeafQuery& leaf, DocAddress doc) const override;
  base::Result<RankDocs> rescore(base::JsonValue rescore, int32_t window, const RankDocs& docs) override;
  base::Result<Explanation> explain_rescore(base::JsonValue rescore, Explanation first, DocAddress doc) const override;

  /// The same targets and moment, with nothing noted yet: for a search on another thread.
  LocalBackend for_one_thread() const { return LocalBackend(*this); }
  /// The same moment of one of the targets alone, with nothing noted yet.
  LocalBackend for_target(const LocalTarget& target) const {
    LocalBackend one(*this);
    one.targets_ = {target};
    return one;
  }
  /// Takes over what `other` noted.
  void note_all(const LocalBackend& other);

  const std::vector<LocalTarget>& targets() const { return targets_; }
  const LocalTarget& target(DocAddress address) const { return targets_[static_cast<size_t>(address.shard)]; }
  BindContext bind_context(const LocalTarget& target) const {
    const std::vector<QueryPtr>* any_of = target.alias_filter == nullptr ? nullptr : &target.alias_filter->any_of();
    return {.snapshot = *target.snapshot,
            .now_ms = now_ms_,
            .default_fields = &target.index->settings.query_default_field,
            .any_of = any_of,
            .runtime_error = &runtime_error_,
            .lookup = document_lookup(),
            .inference = inference_,
            .warnings = warnings_,
            .knn = &knn_,
            .requested_size = requested_size_,
            .settings = &target.index->settings,
            .filter_cache = filter_cache_};
  }
  /// How queries read documents of other indices (terms lookup, more_like_this). None by default.
  void set_document_lookup(DocumentLookup lookup) { lookup_ = std::move(lookup); }
  /// Null: none.
  const DocumentLookup* document_lookup() const { return lookup_ ? &lookup_ : nullptr; }
  /// What computes the embeddings of queries, and is told what to warn of; both outlive the backend. None by default.
  void set_inference(QueryInference* inference) { inference_ = inference; }
  /// `search.max_buckets`: buckets that an answer may have.
  void set_max_buckets(int64_t max_buckets) { max_buckets_ = max_buckets; }
  int64_t max_buckets() const { return max_buckets_; }
  /// Where documents of filters are kept; outlives the backend. None by default.
  void set_filter_cache(FilterCache* cache) { filter_cache_ = cache; }
  /// Threads that may help with a large search. None by default.
  void set_threads(const FreeThreads& threads) { threads_ = threads; }
  const FreeThreads& threads() const { return threads_; }
  void set_warnings(RequestWarnings* warnings) { warnings_ = warnings; }
  /// How many hits the search that follows is to give; 10 by default.
  void set_requested_size(int32_t size) { requested_size_ = size; }
  /// What scripts and functions ran into since the last call.
  std::optional<base::Error> take_runtime_error() { return runtime_error_.take(); }
  const base::JsonDocument* document() const { return document_; }
  int64_t now_ms() const { return now_ms_; }
  /// Indices that failed so far, each once, and whether some search ran out of time.
  const std::vector<ShardFailure>& failures() const { return failures_; }
  void note_failure(const index::Index& index, base::Error error) { note_failure(index.name, std::move(error)); }
  bool timed_out() const { return timed_out_; }
  void note_timeout() { timed_out_ = true; }

 private:
  void note_failure(std::string_view index, base::Error error);
  /// Copies all but what was noted.
  LocalBackend(const LocalBackend& other)
      : targets_(other.targets_),
        document_(other.document_),
        now_ms_(other.now_ms_),
        lookup_(other.lookup_),
        inference_(other.inference_),
        warnings_(other.warnings_),
        filter_cache_(other.filter_cache_),
        threads_(other.threads_),
        requested_size_(other.requested_size_),
        max_buckets_(other.max_buckets_) {}

  std::vector<LocalTarget> targets_;
  const base::JsonDocument* document_;
  int64_t now_ms_;
  std::vector<ShardFailure> failures_;
  bool timed_out_ = false;
  mutable RuntimeError runtime_error_;
  DocumentLookup lookup_;
  QueryInference* inference_ = nullptr;
  RequestWarnings* warnings_ = nullptr;
  FilterCache* filter_cache_ = nullptr;
  FreeThreads threads_;
  mutable LocalKnnSearches knn_{*this};
  int32_t requested_size_ = 10;
  int64_t max_buckets_ = 65536;
};

/// Kind of the catalog's records that hold rulesets.
inline constexpr std::string_view kQueryRulesetRecords = "query_ruleset";
/// Documents of `catalog` as they are now; under kQueryRulesIndex its rulesets.
DocumentLookup catalog_lookup(const index::Catalog& catalog);

/// A query and the filters around it, parsed.
struct FilteredQuery {
  QueryPtr query;  ///< null: match_all
  std::vector<QueryPtr> filters;
  std::string_view name = {};  ///< of the whole; empty: none
};
base::Result<FilteredQuery> parse_filtered(const base::JsonDocument* document, base::JsonValue query,
                                           const std::vector<base::JsonValue>& filters);
base::Result<FilteredQuery> parse_leaf(const base::JsonDocument* document, const SearchBackend::LeafQuery& leaf);
/// `boost`: times every score. Errors: those of query_creation_error.
base::Result<WeightPtr> bind_filtered(const FilteredQuery& query, const BindContext& context, ScoreMode mode,
                                      const index::Index& index, float boost = 1);
/// The same with boost and slice of the target.
base::Result<WeightPtr> bind_on_target(const FilteredQuery& query, const LocalBackend& backend, const LocalTarget& target,
                                       ScoreMode mode);

}  // namespace selene::search
