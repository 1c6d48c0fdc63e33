#include "search/backends/local_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "search/backends/collapse_phase.h"
#include "search/query/filter_context.h"
#include "search/sort/sorted_phase.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// One run over all targets.
class Run {
 public:
  Run(LocalBackend& backend, const LocalSearch& search, const base::Cancellation& cancellation)
      : backend_(backend), search_(search), cancellation_(cancellation) {}

  Result<LocalSearchResult> all() {
    if (search_.sort != nullptr && (!is_score_order(*search_.sort) || search_.search_after.exists())) RETURN_IF_ERROR(plan_sort());
    size_t num_failed = 0;
    const auto num_targets = static_cast<int32_t>(backend_.targets().size());
    for (int32_t shard = 0; shard < num_targets; ++shard) {
      const LocalTarget& target = backend_.targets()[static_cast<size_t>(shard)];
      index::RunningOperation running(target.index->engine->counters(), index::Operation::kQuery);
      base::Status status = one(target, shard);
      result_.shard_ns.push_back(running.took().count());
      if (cancellation_.cancelled()) return Error(ErrorCode::kTaskCancelled, "task cancelled");
      if (status.has_value()) {
        running.succeeded();
        continue;
      }
      running.failed();
      backend_.note_failure(*target.index, std::move(status).error());
      ++num_failed;
    }
    if (num_failed > 0 && num_failed == backend_.targets().size()) return all_shards_failed(backend_.failures());
    return merged();
  }

 private:
  base::Status plan_sort() {
    std::vector<const index::Snapshot*> snapshots;
    for (const LocalTarget& target : backend_.targets()) snapshots.push_back(target.snapshot.get());
    ASSIGN_OR_RETURN(result_.plan, SortPlan::create(*search_.sort, snapshots));
    if (!search_.search_after.exists()) return {};
    ASSIGN_OR_RETURN(after_.keys, result_.plan->read_after(search_.search_after, backend_.now_ms()));
    return {};
  }

  /// The document of this shard behind which hits rank behind `search_.after`, if their keys are the same.
  DocId tie_of(int32_t shard) const {
    constexpr DocId kLast = std::numeric_limits<DocId>::max();
    if (search_.after == nullptr) return kLast;
    const DocAddress& address = search_.after->address;
    return shard == address.shard ? address.doc : shard < address.shard ? kLast : -1;
  }

  const SortPosition* position(int32_t shard) {
    if (search_.after != nullptr) after_.keys = search_.after->keys;
    after_.doc = tie_of(shard);
    return search_.after != nullptr || search_.search_after.exists() ? &after_ : nullptr;
  }

  ScoreMode mode() const {
    if (!result_.plan) return search_.min_score ? ScoreMode::kComplete : ScoreMode::kTopScores;
    return result_.plan->reads_scores() || search_.track_scores || search_.min_score ? ScoreMode::kComplete : ScoreMode::kNone;
  }

  base::Status one(const LocalTarget& target, int32_t shard) {
    const BindContext context = backend_.bind_context(target);
    for (size_t i = 0; search_.rescores != nullptr && i < search_.rescores->size(); ++i) {
      base::Status fits = check_rescore_window((*search_.rescores)[i], context);
      if (!fits.has_value()) return std::move(fits).error().with("index", target.index->name);
    }
    ASSIGN_OR_RETURN(const WeightPtr weight, bind_on_target(*search_.query, backend_, target, mode()));
    WeightPtr post_filter;
    if (search_.post_filter != nullptr) {
      Result<WeightPtr> bound = bind_filter(*search_.post_filter, context);
      if (!bound.has_value()) return query_creation_error(std::move(bound).error(), *target.index);
      post_filter = std::move(bound).value();
    }
    QueryPhaseOptions options;
    options.num_hits = search_.num_hits;
    if (rescores()) {
      for (const Rescore& rescore : *search_.rescores) options.num_hits = std::max(options.num_hits, rescore.window_size);
    }
    options.min_score = search_.min_score;
    options.post_filter = post_filter.get();
    options.track_total_hits_up_to = search_.track_total_hits_up_to;
    options.terminate_after = search_.terminate_after;
    options.threads = backend_.threads();
    if (search_.after != nullptr) options.after = ScoredDoc{tie_of(shard), search_.after->score};
    base::Status status = search_.collapse_field != nullptr ? collapsed(target, shard, *weight, options)
                          : result_.plan                    ? sorted(target, shard, *weight, options)
                                                            : by_score(target, shard, *weight, options);
    RETURN_IF_ERROR(status);
    if (auto error = backend_.take_runtime_error()) return std::move(*error).with("index", target.index->name);
    return {};
  }

  base::Status collapsed(const LocalTarget& target, int32_t shard, const Weight& weight, const QueryPhaseOptions& options) {
    Result<CollapseReader> groups = CollapseReader::create(*search_.collapse_field, *target.snapshot);
    if (!groups.has_value()) return std::move(groups).error().with("index", target.index->name);
    std::optional<SortReader> reader;
    if (result_.plan) {
      ASSIGN_OR_RETURN(reader, sort_reader(target, shard));
    }
    Result<ShardCollapsedDocs> found = find_collapsed_docs(
        *target.snapshot, weight, options, result_.plan ? &*result_.plan : nullptr, reader ? &*reader : nullptr, position(shard),
        std::move(groups).value(), result_.plan ? mode() : ScoreMode::kComplete, cancellation_);
    if (!found.has_value()) return std::move(found).error().with("index", target.index->name);
    note(found->total_hits, TotalRelation::kEqualTo, found->timed_out, found->terminated_early);
    const bool shows_scores = !result_.plan || result_.plan->needs_scores() || search_.track_scores;
    for (CollapsedDoc& doc : found->docs) {
      const float score = shows_scores ? doc.found.score : std::numeric_limits<float>::quiet_NaN();
      result_.hits.push_back({{shard, doc.found.doc}, score, std::move(doc.found.keys), std::move(doc.group)});
    }
    const bool shows_max = !result_.plan || search_.track_scores;
    if (shows_max && !std::isnan(found->max_score) && search_.num_hits > 0) note_max_score(found->max_score);
    return {};
  }

  /// A search that shows no hits rescores none.
  bool rescores() const { return search_.rescores != nullptr && search_.num_hits > 0; }

  base::Status by_score(const LocalTarget& target, int32_t shard, const Weight& weight, const QueryPhaseOptions& options) {
    ShardTopDocs top = find_top_docs(*target.snapshot, weight, options, cancellation_);
    if (rescores()) {
      for (const Rescore& rescore : *search_.rescores) {
        Result<WeightPtr> second = rescore.query->weight(backend_.bind_context(target), ScoreMode::kComplete, 1);
        if (!second.has_value()) return query_creation_error(std::move(second).error(), *target.index);
        rescore_docs(rescore, *target.snapshot, **second, top.docs);
      }
    }
    note(top.total_hits, top.total_relation, top.timed_out, top.terminated_early);
    for (const ScoredDoc& doc : top.docs) result_.hits.push_back({{shard, doc.doc}, doc.score, {}});
    if (!top.docs.empty()) note_max_score(top.docs.front().score);
    return {};
  }

  base::Status sorted(const LocalTarget& target, int32_t shard, const Weight& weight, const QueryPhaseOptions& options) {
    ASSIGN_OR_RETURN(SortReader reader, sort_reader(target, shard));
    ShardSortedDocs top = find_sorted_docs(*target.snapshot, weight, options, *result_.plan, std::move(reader), position(shard),
                                           mode(), cancellation_);
    note(top.total_hits, TotalRelation::kEqualTo, top.timed_out, top.terminated_early);
    const bool shows_scores = result_.plan->needs_scores() || search_.track_scores;
    for (SortedDoc& doc : top.docs) {
      const float score = shows_scores ? doc.score : std::numeric_limits<float>::quiet_NaN();
      result_.hits.push_back({{shard, doc.doc}, score, std::move(doc.keys)});
    }
    if (search_.track_scores && !std::isnan(top.max_score) && search_.num_hits > 0) note_max_score(top.max_score);
    return {};
  }

  Result<SortReader> sort_reader(const LocalTarget& target, int32_t shard) {
    base::Status fits = check_nested_context(*result_.plan, target.snapshot->mapping());
    if (!fits.has_value()) return sort_error(std::move(fits).error(), *target.index);
    Result<SortReader> reader =
        SortReader::create(*result_.plan, *target.snapshot, shard, backend_.now_ms(), backend_.bind_context(target).runtime_error);
    if (!reader.has_value()) return sort_error(std::move(reader).error(), *target.index);
    return reader;
  }

  static Error sort_error(Error error, const index::Index& index) {
    if (error.code() == ErrorCode::kQueryShard) return query_creation_error(std::move(error), index);
    return std::move(error).with("index", index.name);
  }

  void note(int64_t total_hits, TotalRelation relation, bool timed_out, bool terminated_early) {
    total_ += total_hits;
    if (relation != TotalRelation::kEqualTo) relation_ = relation;
    if (timed_out) backend_.note_timeout();
    result_.terminated_early = result_.terminated_early || terminated_early;
  }

  void note_max_score(float score) { result_.max_score = result_.max_score ? std::max(*result_.max_score, score) : score; }

  /// Groups of several indices are one.
  void keep_first_of_each_group() {
    std::set<CollapseGroup> seen;
    std::erase_if(result_.hits, [&](const FoundHit& hit) { return !seen.insert(*hit.group).second; });
  }

  LocalSearchResult merged() {
    const SortPlan* const plan = result_.plan ? &*result_.plan : nullptr;
    std::sort(result_.hits.begin(), result_.hits.end(), [plan](const FoundHit& a, const FoundHit& b) {
      if (plan == nullptr) return a.score != b.score ? a.score > b.score : a.address < b.address;
      const int order = plan->compare(a.keys, b.keys);
      return order != 0 ? order < 0 : a.address < b.address;
    });
    if (search_.collapse_field != nullptr) keep_first_of_each_group();
    if (result_.hits.size() > static_cast<size_t>(search_.num_hits)) result_.hits.resize(static_cast<size_t>(search_.num_hits));
    if (search_.track_total_hits_up_to > 0) result_.total = clip_total(total_, relation_, search_.track_total_hits_up_to);
    return std::move(result_);
  }

  LocalBackend& backend_;
  const LocalSearch& search_;
  const base::Cancellation& cancellation_;
  LocalSearchResult result_;
  SortPosition after_;
  int64_t total_ = 0;
  TotalRelation relation_ = TotalRelation::kEqualTo;
};

}  // namespace

Result<LocalSearchResult> run_local_search(LocalBackend& backend, const LocalSearch& search,
                                           const base::Cancellation& cancellation) {
  return Run(backend, search, cancellation).all();
}

}  // namespace selene::search
