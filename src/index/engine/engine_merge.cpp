// Background and forced merges.

#include <algorithm>

#include "index/engine/local_index_engine.h"
#include "index/segments/mapped_segment_reader.h"
#include "index/segments/segment_merger.h"

namespace selene::index {

using base::Status;

std::vector<MergeCandidate> LocalIndexEngine::merge_candidates() const {
  std::vector<MergeCandidate> candidates;
  const std::lock_guard lock(mutex_);
  if (closed_) return candidates;
  for (const Segment& segment : segments_) {
    const DocId max_doc = segment.reader->max_doc();
    const DocId num_docs = segment.published == nullptr ? max_doc : segment.published->num_docs();
    candidates.push_back({segment.reader->size_bytes(), max_doc, num_docs, lacks_graph(*segment.reader)});
  }
  return candidates;
}

bool LocalIndexEngine::needs_merge() const { return find_merge(merge_candidates()).has_value(); }

bool LocalIndexEngine::merge_once() {
  const std::lock_guard lock(merge_mutex_);
  const std::optional<MergeRange> range = find_merge(merge_candidates());
  return range && merge_range(range->begin, range->end).has_value();
}

Status LocalIndexEngine::force_merge(int32_t max_num_segments) {
  RETURN_IF_ERROR(flush_now());
  const std::lock_guard lock(merge_mutex_);
  for (;;) {
    const std::vector<MergeCandidate> candidates = merge_candidates();
    const std::optional<MergeRange> range =
        max_num_segments < 1 ? find_merge(candidates) : find_forced_merge(candidates, max_num_segments);
    if (!range) return {};
    RETURN_IF_ERROR(merge_range(range->begin, range->end));
  }
}

/// REQUIRES: merge_mutex_ held, so segments [begin, end) stay where they are: others only append, or drop segments without live
/// documents.
Status LocalIndexEngine::merge_range(size_t begin, size_t end) {
  std::vector<Segment> sources;
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    if (end > segments_.size()) return {};  // some were dropped since
    sources.assign(segments_.begin() + static_cast<std::ptrdiff_t>(begin), segments_.begin() + static_cast<std::ptrdiff_t>(end));
    name = new_segment_name();
    merging_files_.insert(name);
  }
  std::vector<MergeSource> inputs;
  int64_t docs = 0;
  int64_t bytes = 0;
  for (const Segment& source : sources) {
    inputs.push_back({source.reader.get(), source.published.get()});
    docs += source.reader->max_doc();
    bytes += source.reader->size_bytes();
  }
  counters().begin_merge(docs, bytes);
  const auto start = Clock::now();
  std::vector<std::vector<DocId>> numbers;
  const std::string path = segment_path(name);
  Status merged = merge_segments(inputs, path, numbers, *options_.files);
  if (merged) merged = options_.files->sync(path);
  if (merged) {
    auto reader = open_segment(path, name, SegmentFile::Verify::kStructure);
    merged = reader ? replace_segments(sources, numbers, *reader) : Status(reader.error());
  }
  counters().end_merge(docs, bytes);
  if (merged) counters().add_merge(Clock::now() - start, docs, bytes);
  const std::lock_guard lock(mutex_);
  merging_files_.erase(name);
  return merged;
}

/// Puts the merged segment in the place of its sources, with the deletes that came meanwhile, and makes that durable.
Status LocalIndexEngine::replace_segments(const std::vector<Segment>& sources, const std::vector<std::vector<DocId>>& numbers,
                                          std::shared_ptr<const SegmentReader> merged) {
  const std::lock_guard refresh_lock(refresh_mutex_);
  {
    const std::lock_guard lock(mutex_);
    Segment segment;
    const DocId max_doc = merged->max_doc();
    segment.reader = std::move(merged);
    auto published = std::make_shared<LiveDocs>(max_doc);
    auto working = std::make_shared<LiveDocs>(max_doc);
    size_t place = segments_.size();
    for (size_t s = 0; s < sources.size(); ++s) {
      const auto now =
          std::find_if(segments_.begin(), segments_.end(), [&](const Segment& x) { return x.reader == sources[s].reader; });
      if (now != segments_.end()) place = std::min(place, static_cast<size_t>(now - segments_.begin()));
      for (size_t doc = 0; doc < numbers[s].size(); ++doc) {
        const DocId n = numbers[s][doc];
        if (n < 0) continue;
        const auto old = static_cast<DocId>(doc);
        const bool gone = now == segments_.end();  // all its documents were deleted meanwhile
        if (gone || (now->published != nullptr && !now->published->live(old))) published->remove(n);
        if (gone || !now->live(old)) working->remove(n);
      }
    }
    if (published->num_docs() < max_doc) segment.published = published;
    if (working->num_docs() < published->num_docs()) segment.working = working;
    std::erase_if(segments_, [&](const Segment& x) {
      return std::any_of(sources.begin(), sources.end(), [&](const Segment& source) { return source.reader == x.reader; });
    });
    segments_.insert(segments_.begin() + static_cast<std::ptrdiff_t>(std::min(place, segments_.size())), std::move(segment));
    publish_snapshot(snapshot_->moment());
  }
  return write_manifest_locked();
}

}  // namespace selene::index
