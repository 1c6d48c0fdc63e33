#include "search/request/match_scan.h"

#include <algorithm>

#include "base/clock.h"
#include "index/catalog/index_blocks.h"
#include "search/backends/alias_filter.h"
#include "search/backends/local_backend.h"
#include "search/exec/match_loop.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

/// FNV-1a: the same document falls into the same slice in every process.
uint32_t hash_of(std::string_view id) {
  uint32_t hash = 2166136261U;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

Result<MatchScan> MatchScan::create(const index::Catalog& catalog, const ScanRequest& request,
                                    const base::Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const FilteredQuery query, parse_filtered(request.body, request.query, {}));
  ASSIGN_OR_RETURN(auto indices, catalog.resolve(request.indices, request.options));
  std::sort(indices.begin(), indices.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
  std::vector<LocalTarget> targets;
  for (const auto& index : indices) {
    RETURN_IF_ERROR(index::check_blocks(*index, index::BlockLevel::kRead));
    ASSIGN_OR_RETURN(auto filter, AliasFilter::find(catalog, request.indices, *index));
    targets.push_back({index, index->engine->snapshot(), std::move(filter)});
  }
  const LocalBackend backend(std::move(targets), request.body, base::wall_clock_ms());
  MatchScan scan;
  scan.slice_ = request.slice;
  for (const LocalTarget& target : backend.targets()) {
    const auto number = static_cast<int32_t>(scan.targets_.size());
    scan.targets_.push_back({target.index, target.snapshot});
    index::RunningOperation running(target.index->engine->counters(), index::Operation::kQuery);
    ASSIGN_OR_RETURN(const WeightPtr weight, bind_filtered(query, backend.bind_context(target), ScoreMode::kNone, *target.index));
    const LoopEnd end =
        for_each_match(*target.snapshot, *weight, nullptr, cancellation, [&](const SegmentContext& segment, const Scorer& scorer) {
          scan.places_.push_back({number, segment.view.doc_base + scorer.doc()});
          return true;
        });
    if (end == LoopEnd::kCancelled) return Error(ErrorCode::kTaskCancelled, "task cancelled");
    running.succeeded();
  }
  return scan;
}

Result<std::vector<MatchScan::Match>> MatchScan::next(size_t count) {
  std::vector<Match> matches;
  for (; at_ < places_.size() && matches.size() < count; ++at_) {
    const Target& target = targets_[static_cast<size_t>(places_[at_].target)];
    ASSIGN_OR_RETURN(index::StoredDocument document, target.snapshot->document(places_[at_].doc));
    if (slice_ && hash_of(document.id) % static_cast<uint32_t>(slice_->max) != static_cast<uint32_t>(slice_->id)) continue;
    matches.push_back({target.index, std::move(document)});
  }
  return matches;
}

}  // namespace selene::search
