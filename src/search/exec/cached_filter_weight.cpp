#include "search/exec/cached_filter_weight.h"

namespace selene::search {
namespace {

int64_t max_doc_of(const index::Snapshot& snapshot) {
  if (snapshot.segments().empty()) return 0;
  const index::SegmentView& last = snapshot.segments().back();
  return int64_t{last.doc_base} + last.reader->max_doc();
}

}  // namespace

WeightPtr CachedFilterWeight::wrap(WeightPtr filter, const index::Snapshot& snapshot, FilterCache& cache) {
  FilterKey key;
  if (!filter->add_filter_key(key) || key.cost() == FilterKey::Cost::kQuick) return filter;
  const Keep keep = cache.note_use(key) ? Keep::kYes : Keep::kNo;
  return WeightPtr(new CachedFilterWeight(std::move(filter), key.text(), keep, snapshot, cache));
}

ScorerPtr CachedFilterWeight::scorer(const SegmentContext& segment) const {
  if (!cache_.takes(segment.view, max_doc_of(snapshot_))) return filter_->scorer(segment);
  std::shared_ptr<const CachedDocs> docs = cache_.find(snapshot_.index_uuid(), segment.view, key_);
  if (docs == nullptr) {
    if (keep_ == Keep::kNo) return filter_->scorer(segment);
    const ScorerPtr found = filter_->scorer(segment);
    docs = CachedDocs::of(found.get(), segment.reader().max_doc());
    FilterKey still_known;  // a filter may fail while it is run: then these are not all its documents
    if (filter_->add_filter_key(still_known)) cache_.put(snapshot_.index_uuid(), segment.view, key_, docs);
  }
  return CachedDocs::scorer(std::move(docs));
}

}  // namespace selene::search
