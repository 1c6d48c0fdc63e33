#include "search/aggregations/run_aggregations.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "search/exec/boolean_weight.h"
#include "search/exec/match_loop.h"
#include "search/exec/min_score_weight.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// One pass over all targets with some of the aggregations.
class Pass {
 public:
  Pass(LocalBackend& backend, AggregatorList& aggregators, int32_t terminate_after, const base::Cancellation& cancellation)
      : backend_(backend), aggregators_(aggregators), terminate_after_(terminate_after), cancellation_(cancellation) {}

  /// `bind`: gives the weight of a target. Errors: of the whole request.
  template <class Bind>
  base::Status run(Bind&& bind) {
    size_t num_failed = 0;
    const auto num_targets = static_cast<int32_t>(backend_.targets().size());
    for (int32_t shard = 0; shard < num_targets; ++shard) {
      const LocalTarget& target = backend_.targets()[static_cast<size_t>(shard)];
      base::Status status = one(target, shard, bind);
      if (cancellation_.cancelled()) return Error(ErrorCode::kTaskCancelled, "task cancelled");
      if (status.has_value()) continue;
      backend_.note_failure(*target.index, std::move(status).error());
      ++num_failed;
    }
    if (num_failed > 0 && num_failed == backend_.targets().size()) return all_shards_failed(backend_.failures());
    return {};
  }

 private:
  template <class Bind>
  base::Status one(const LocalTarget& target, int32_t shard, Bind&& bind) {
    ASSIGN_OR_RETURN(const WeightPtr weight, bind(target));
    base::Status begun = aggregators_.begin_target(target);
    if (!begun.has_value()) return std::move(begun).error().with("index", target.index->name);
    const bool scores = aggregators_.needs_scores();
    base::Status status;
    std::vector<SegmentContext> segments;
    for (const index::SegmentView& view : target.snapshot->segments()) segments.push_back({view, segments.size()});
    size_t num_begun = 0;
    // Those without a match too: a terms aggregation may show terms that no match holds.
    const auto begin_segments = [&](size_t up_to) {
      for (; num_begun < up_to; ++num_begun) aggregators_.begin_segment({target, shard, segments[num_begun]});
    };
    int32_t visited = 0;
    const LoopEnd end =
        for_each_match(*target.snapshot, *weight, nullptr, cancellation_, [&](const SegmentContext& segment, Scorer& scorer) {
          if (terminate_after_ > 0 && ++visited > terminate_after_) return false;
          begin_segments(segment.ordinal + 1);
          status = aggregators_.collect(scorer.doc(), scores ? scorer.score() : 0, 0);
          return status.has_value();
        });
    if (end == LoopEnd::kCancelled) backend_.note_timeout();
    RETURN_IF_ERROR(std::move(status));
    if (auto error = backend_.take_runtime_error()) return std::move(*error).with("index", target.index->name);
    begin_segments(segments.size());
    return aggregators_.end_target();
  }

  LocalBackend& backend_;
  AggregatorList& aggregators_;
  int32_t terminate_after_;
  const base::Cancellation& cancellation_;
};

/// A list without owning what it lists.
std::vector<const AggregationSpec*> split(const AggregationTree& tree, bool global) {
  std::vector<const AggregationSpec*> specs;
  for (const AggregationSpecPtr& spec : tree.specs) {
    if ((spec->type == "global") == global) specs.push_back(spec.get());
  }
  return specs;
}

/// What any of the queries matches on a target.
Result<WeightPtr> bind_any(const std::vector<AggregatedQuery>& queries, const LocalBackend& backend, const LocalTarget& target,
                           bool scores) {
  std::vector<WeightPtr> weights;
  for (const AggregatedQuery& query : queries) {
    const ScoreMode mode = scores || query.min_score ? ScoreMode::kComplete : ScoreMode::kNone;
    ASSIGN_OR_RETURN(WeightPtr weight, bind_on_target(*query.query, backend, target, mode));
    if (query.min_score) weight = std::make_unique<MinScoreWeight>(std::move(weight), *query.min_score);
    weights.push_back(std::move(weight));
  }
  if (weights.size() == 1) return std::move(weights.front());
  return make_disjunction(std::move(weights), scores ? ScoreMode::kComplete : ScoreMode::kNone);
}

/// What is wrong with the aggregations themselves, whatever the index, counts as failed once the results are put together.
Error failed_reduce(Error cause) {
  if (cause.code() == ErrorCode::kSearchPhaseExecution || cause.code() == ErrorCode::kTaskCancelled) return cause;
  return Error(ErrorCode::kSearchPhaseExecution, "").with("phase", "fetch").with_cause(std::move(cause));
}

}  // namespace

Result<std::vector<Aggregation>> run_aggregations(const AggregationTree& tree, LocalBackend& backend,
                                                  const std::vector<AggregatedQuery>& queries, int32_t terminate_after,
                                                  const base::Cancellation& cancellation) {
  AggregationContext context{backend, cancellation, backend.max_buckets()};
  std::vector<Aggregation> results;
  for (const bool global : {false, true}) {
    const std::vector<const AggregationSpec*> specs = split(tree, global);
    if (specs.empty()) continue;
    Result<AggregatorList> made = AggregatorList::create(specs, context);
    if (!made.has_value()) {
      if (backend.targets().empty()) return failed_reduce(std::move(made).error());
      return all_shards_failed(
          {{backend.targets().front().index->name, std::move(made).error().with("index", backend.targets().front().index->name)}});
    }
    AggregatorList aggregators = std::move(made).value();
    const FilteredQuery all;
    const std::vector<AggregatedQuery> everything = {{&all, std::nullopt}};
    Pass pass(backend, aggregators, global ? 0 : terminate_after, cancellation);
    RETURN_IF_ERROR(pass.run([&](const LocalTarget& target) {
      return bind_any(global ? everything : queries, backend, target, aggregators.needs_scores());
    }));
    Result<std::vector<Aggregation>> found = aggregators.results(0);
    if (!found.has_value()) return failed_reduce(std::move(found).error());
    for (Aggregation& one : *found) results.push_back(std::move(one));
  }
  const auto place = [&](const Aggregation& aggregation) {
    return std::find_if(tree.specs.begin(), tree.specs.end(), [&](const auto& spec) { return spec->name == aggregation.name; });
  };
  std::stable_sort(results.begin(), results.end(), [&](const Aggregation& a, const Aggregation& b) { return place(a) < place(b); });
  base::Status piped = apply_sibling_pipelines(tree.pipelines, results);
  if (!piped.has_value()) return failed_reduce(std::move(piped).error());
  return results;
}

}  // namespace selene::search
