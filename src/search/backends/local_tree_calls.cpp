// What a retriever tree asks a LocalBackend for beside searches: explanations and second scores.

#include <algorithm>

#include "search/backends/local_backend.h"
#include "search/backends/rescore.h"

namespace selene::search {

using base::Result;

namespace {

/// A document as weights see it.
struct Place {
  SegmentContext segment;
  DocId doc;
};

Place place_of(const index::Snapshot& snapshot, DocId doc) {
  const index::SegmentView& view = snapshot.segment_of(doc);
  return {{view, static_cast<size_t>(&view - snapshot.segments().data())}, doc - view.doc_base};
}

Result<WeightPtr> bind_rescore(const Rescore& rescore, const LocalBackend& backend, const LocalTarget& target) {
  RETURN_IF_ERROR(check_rescore_window(rescore, backend.bind_context(target)));
  Result<WeightPtr> weight = rescore.query->weight(backend.bind_context(target), ScoreMode::kComplete, 1);
  if (!weight.has_value()) return query_creation_error(std::move(weight).error(), *target.index);
  return weight;
}

}  // namespace

Result<Explanation> LocalBackend::explain(const LeafQuery& leaf, DocAddress doc) const {
  ASSIGN_OR_RETURN(const FilteredQuery query, parse_leaf(document_, leaf));
  const LocalTarget& holder = target(doc);
  ASSIGN_OR_RETURN(const WeightPtr weight, bind_on_target(query, *this, holder, ScoreMode::kComplete));
  const Place place = place_of(*holder.snapshot, doc.doc);
  return weight->explain(place.segment, place.doc);
}

Result<RankDocs> LocalBackend::rescore(base::JsonValue value, int32_t window, const RankDocs& docs) {
  ASSIGN_OR_RETURN(const std::vector<Rescore> rescores, parse_rescore(document_, value));
  RankDocs rescored;
  for (int32_t shard = 0; shard < num_shards(); ++shard) {
    const LocalTarget& target = targets_[static_cast<size_t>(shard)];
    std::vector<ScoredDoc> found;
    for (const RankDoc& doc : docs.docs) {
      if (doc.address.shard == shard && found.size() < static_cast<size_t>(std::max(window, 0)))
        found.push_back({doc.address.doc, doc.score});
    }
    for (const Rescore& rescore : rescores) {
      ASSIGN_OR_RETURN(const WeightPtr weight, bind_rescore(rescore, *this, target));
      rescore_docs(rescore, *target.snapshot, *weight, found);
    }
    for (const ScoredDoc& doc : found) rescored.docs.push_back({{shard, doc.doc}, doc.score, 0});
  }
  std::sort(rescored.docs.begin(), rescored.docs.end(),
            [](const RankDoc& a, const RankDoc& b) { return a.score != b.score ? a.score > b.score : a.address < b.address; });
  int32_t rank = 0;
  for (RankDoc& doc : rescored.docs) doc.rank = ++rank;
  return rescored;
}

Result<Explanation> LocalBackend::explain_rescore(base::JsonValue value, Explanation first, DocAddress doc) const {
  ASSIGN_OR_RETURN(const std::vector<Rescore> rescores, parse_rescore(document_, value));
  const Place place = place_of(*target(doc).snapshot, doc.doc);
  for (const Rescore& rescore : rescores) {
    ASSIGN_OR_RETURN(const WeightPtr weight, bind_rescore(rescore, *this, target(doc)));
    first = search::explain_rescore(rescore, *weight, std::move(first), place.segment, place.doc);
  }
  return first;
}

}  // namespace selene::search
