#include "search/backends/collapse_phase.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "search/exec/match_loop.h"

namespace selene::search {
namespace {

struct Before {
  const SortPlan* plan;
  bool operator()(const SortedDoc& a, const SortedDoc& b) const {
    if (plan == nullptr) return a.score != b.score ? a.score > b.score : a.doc < b.doc;
    const int order = plan->compare(a.keys, b.keys);
    return order != 0 ? order < 0 : a.doc < b.doc;
  }
};

}  // namespace

base::Result<ShardCollapsedDocs> find_collapsed_docs(const index::Snapshot& snapshot, const Weight& weight,
                                                     const QueryPhaseOptions& options, const SortPlan* plan, SortReader* reader,
                                                     const SortPosition* after, CollapseReader groups, ScoreMode mode,
                                                     const base::Cancellation& cancellation) {
  const bool scores = mode != ScoreMode::kNone;
  const Before before{plan};
  ShardCollapsedDocs result;
  result.max_score = std::numeric_limits<float>::quiet_NaN();
  std::map<std::string, SortedDoc> best;
  base::Status status;
  size_t ordinal = std::numeric_limits<size_t>::max();
  int32_t visited = 0;
  const auto visit = [&](const SegmentContext& segment, Scorer& scorer) {
    if (options.terminate_after > 0 && ++visited > options.terminate_after) {
      result.terminated_early = true;
      return false;
    }
    if (segment.ordinal != ordinal) {
      ordinal = segment.ordinal;
      groups.set_segment(segment);
      if (reader != nullptr) reader->set_segment(segment);
    }
    SortedDoc found{segment.view.doc_base + scorer.doc(), scores ? scorer.score() : std::numeric_limits<float>::quiet_NaN(), {}};
    if (options.min_score && !(found.score >= *options.min_score)) return true;
    ++result.total_hits;
    if (scores && !(found.score <= result.max_score)) result.max_score = found.score;
    if (reader != nullptr) reader->read(scorer.doc(), found.score, found.keys);
    if (after != nullptr && plan != nullptr && plan->compare(after->keys, found.keys) >= 0) return true;
    base::Result<CollapseGroup> group = groups.read(scorer.doc());
    if (!group.has_value()) {
      status = std::move(group).error();
      return false;
    }
    const auto [at, is_new] = best.try_emplace(std::move(group->json), found);
    if (!is_new && before(found, at->second)) at->second = std::move(found);
    return true;
  };
  const LoopEnd end = for_each_match(snapshot, weight, options.post_filter, cancellation, visit);
  RETURN_IF_ERROR(status);
  result.timed_out = end == LoopEnd::kCancelled;
  for (auto& [json, found] : best) result.docs.push_back({std::move(found), {json}});
  std::sort(result.docs.begin(), result.docs.end(),
            [&](const CollapsedDoc& a, const CollapsedDoc& b) { return before(a.found, b.found); });
  return result;
}

}  // namespace selene::search
