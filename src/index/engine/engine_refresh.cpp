// Refresh, flush and the manifest.

#include <algorithm>
#include <set>

#include "base/heap.h"
#include "index/engine/local_index_engine.h"
#include "index/segments/mapped_segment_reader.h"
#include "index/store/stored_value.h"

namespace selene::index {
namespace {

using base::Result;
using base::Status;

constexpr std::chrono::seconds kIdleBeforeFlush{30};
constexpr size_t kMuchMemory = size_t{32} << 20;  ///< of buffers that became segments: worth the allocator's walk

std::shared_ptr<LiveDocs> live_docs_without(DocId max_doc, const std::vector<DocId>& deleted, const std::vector<DocId>& numbers) {
  if (deleted.empty()) return nullptr;
  auto live_docs = std::make_shared<LiveDocs>(max_doc);
  for (const DocId doc : deleted) live_docs->remove(numbers[static_cast<size_t>(doc)]);
  return live_docs;
}

}  // namespace

Status LocalIndexEngine::refresh() {
  {
    const std::lock_guard lock(refresh_mutex_);
    RunningOperation running(counters(), Operation::kRefresh);
    RETURN_IF_ERROR(refresh_locked());
    running.succeeded();
  }
  options_.on_segments_changed();
  return {};
}

Result<bool> LocalIndexEngine::refresh_locked() {
  Frozen frozen = freeze();
  if (!frozen.changed) return false;
  std::vector<std::vector<DocId>> numbers(frozen.buffers.size());
  Result<std::vector<Segment>> added = write_buffers(frozen, numbers);
  if (!added) {
    restore(frozen);
    return std::move(added).error();
  }
  publish(frozen, std::move(*added), numbers);
  // After they are out of the newest snapshot, so that no search that begins now brings them back; writers do not wait for it.
  documents_->remove(documents_owner_, frozen.replaced);
  size_t freed = 0;
  for (const auto& buffer : frozen.buffers) freed += buffer->buffer.bytes();
  frozen.buffers.clear();
  if (freed > kMuchMemory) base::return_freed_memory();
  return true;
}

std::shared_ptr<BufferedSegment> LocalIndexEngine::take_buffer() {
  const std::lock_guard lock(mutex_);
  for (const auto& buffer : buffers_) {
    if (!buffer->busy && buffer->generation == generation_) {
      buffer->busy = true;
      return buffer;
    }
  }
  auto buffer = std::make_shared<BufferedSegment>();
  buffer->busy = true;
  buffer->generation = generation_;
  buffers_.push_back(buffer);
  return buffer;
}

void LocalIndexEngine::give_back(const std::shared_ptr<BufferedSegment>& buffer) {
  {
    const std::lock_guard lock(mutex_);
    buffer->busy = false;
  }
  buffer_returned_.notify_all();
}

/// Takes all buffers and the deletes so far, and the store's moment that matches. Waits for writers that hold a buffer; new ones
/// get new buffers meanwhile and commit after the moment, so that segments hold every operation up to `seq_no`.
LocalIndexEngine::Frozen LocalIndexEngine::freeze() {
  Frozen frozen;
  std::unique_lock lock(mutex_);
  last_refresh_ = Clock::now();
  if (!dirty_) return frozen;
  const uint64_t generation = generation_++;
  const auto old = [&](const auto& buffer) { return buffer->generation <= generation; };
  freezing_ = true;
  buffer_returned_.wait(
      lock, [&] { return std::none_of(buffers_.begin(), buffers_.end(), [&](const auto& b) { return old(b) && b->busy; }); });
  std::copy_if(buffers_.begin(), buffers_.end(), std::back_inserter(frozen.buffers), old);
  std::erase_if(buffers_, old);
  std::erase_if(frozen.buffers, [](const auto& buffer) { return buffer->num_committed == 0; });
  flushing_ = frozen.buffers;
  for (const auto& buffer : frozen.buffers) frozen.deleted.push_back(std::exchange(buffer->deleted, {}));
  for (Segment& segment : segments_) segment.taken = segment.working;
  frozen.replaced = std::exchange(replaced_, {});
  frozen.moment = options_.store->snapshot();
  frozen.seq_no = next_seq_no_ - 1;
  frozen.changed = true;
  dirty_ = false;
  freezing_ = false;
  frozen_.notify_all();
  return frozen;
}

/// Undoes `freeze` after segments could not be written.
void LocalIndexEngine::restore(Frozen& frozen) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < frozen.buffers.size(); ++i) {
    BufferedSegment& buffer = *frozen.buffers[i];
    buffer.deleted.insert(buffer.deleted.begin(), frozen.deleted[i].begin(), frozen.deleted[i].end());
    buffers_.push_back(frozen.buffers[i]);
  }
  for (Segment& segment : segments_) segment.taken = nullptr;
  replaced_.insert(replaced_.end(), frozen.replaced.begin(), frozen.replaced.end());
  flushing_.clear();
  dirty_ = true;
}

Result<std::vector<LocalIndexEngine::Segment>> LocalIndexEngine::write_buffers(const Frozen& frozen,
                                                                               std::vector<std::vector<DocId>>& numbers) {
  std::vector<Segment> added;
  for (size_t i = 0; i < frozen.buffers.size(); ++i) {
    std::string name;
    {
      const std::lock_guard lock(mutex_);
      name = new_segment_name();
    }
    const std::string path = segment_path(name);
    RETURN_IF_ERROR(frozen.buffers[i]->buffer.write(path, numbers[i], *options_.files));
    Segment segment;
    ASSIGN_OR_RETURN(segment.reader, open_segment(path, name, SegmentFile::Verify::kStructure));
    segment.published = live_docs_without(segment.reader->max_doc(), frozen.deleted[i], numbers[i]);
    added.push_back(std::move(segment));
  }
  return added;
}

void LocalIndexEngine::publish(const Frozen& frozen, std::vector<Segment> added, const std::vector<std::vector<DocId>>& numbers) {
  const std::lock_guard lock(mutex_);
  for (Segment& segment : segments_) {
    if (segment.taken == nullptr) continue;
    if (segment.working == segment.taken) segment.working = nullptr;
    segment.published = std::exchange(segment.taken, nullptr);
  }
  for (size_t i = 0; i < added.size(); ++i) {
    // Replaced while the segment was being written: visible now, gone at the next refresh.
    for (const DocId doc : frozen.buffers[i]->deleted) {
      const DocId number = numbers[i][static_cast<size_t>(doc)];
      added[i].remove(number);
      replaced_.push_back(added[i].reader->seq_no(number));
    }
    segments_.push_back(std::move(added[i]));
  }
  flushing_.clear();
  published_seq_no_ = frozen.seq_no;
  publish_snapshot(frozen.moment);
}

/// The newest mapping goes with it: it only knows more fields than the documents have. REQUIRES: mutex_ held.
void LocalIndexEngine::publish_snapshot(std::shared_ptr<const StoreSnapshot> moment) {
  std::erase_if(segments_, [](const Segment& s) { return s.published != nullptr && s.published->num_docs() == 0; });
  LocalSnapshot::Parts parts{options_.index_name, options_.index_uuid, {},         mapping_,
                             options_.store,      std::move(moment),   documents_, documents_owner_};
  for (const Segment& segment : segments_) parts.segments.push_back({segment.reader, segment.published, 0});
  snapshot_ = std::make_shared<const LocalSnapshot>(std::move(parts));
}

Status LocalIndexEngine::flush() {
  RunningOperation running(counters(), Operation::kFlush);
  RETURN_IF_ERROR(flush_now());
  running.succeeded();
  return {};
}

Status LocalIndexEngine::flush_now() {
  {
    const std::lock_guard lock(refresh_mutex_);
    RunningOperation running(counters(), Operation::kRefresh);
    ASSIGN_OR_RETURN(const bool changed, refresh_locked());
    if (changed) running.succeeded();
    RETURN_IF_ERROR(write_manifest_locked());
  }
  options_.on_segments_changed();
  return {};
}

Status LocalIndexEngine::sync_segments(const std::vector<Segment>& segments) {
  bool any = false;
  for (const Segment& segment : segments) {
    if (segment.synced) continue;
    RETURN_IF_ERROR(sync_or_refuse_writes(segment_path(segment.reader->name())));
    any = true;
  }
  return any ? sync_or_refuse_writes(options_.folder) : Status();
}

/// Trying a failed one again would succeed without the bytes being on disk, so no manifest of this process may speak of the file.
Status LocalIndexEngine::sync_or_refuse_writes(const std::filesystem::path& path) {
  const Status synced = options_.files->sync(path);
  if (synced || closed()) return {};  // the files of an index that was deleted meanwhile are gone
  return options_.store->refuse_writes(synced.error().reason());
}

/// Makes what is published now the state that the next start loads.
Status LocalIndexEngine::write_manifest_locked() {
  Manifest manifest;
  std::vector<Segment> segments;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    segments = segments_;
    manifest.seq_no = published_seq_no_;
    manifest.next_segment = next_segment_;
  }
  RETURN_IF_ERROR(options_.store->check_writable());
  RETURN_IF_ERROR(sync_segments(segments));
  if (closed()) return {};
  StoreBatch batch;
  const std::string& uuid = options_.index_uuid;
  for (const Segment& segment : segments) {
    const std::string name(segment.reader->name());
    manifest.segments.push_back({name, segment.published != nullptr});
    if (segment.published == nullptr || segment.published == segment.stored_live_docs) continue;
    batch.put(Space::kMetadata, live_docs_key(uuid, name), encode_live_docs(*segment.published, segment.reader->max_doc()));
  }
  for (const Manifest::Segment& old : stored_manifest_.segments) {
    const auto kept =
        std::any_of(manifest.segments.begin(), manifest.segments.end(), [&](const auto& s) { return s.name == old.name; });
    if (!kept && old.has_deletes) batch.remove(Space::kMetadata, live_docs_key(uuid, old.name));
  }
  batch.put(Space::kMetadata, manifest_key(uuid), encode_manifest(manifest));
  batch.remove_range(Space::kLog, log_key(uuid, 0), log_key(uuid, manifest.seq_no + 1));
  RETURN_IF_ERROR(options_.store->write_durably(batch));
  stored_manifest_ = manifest;
  {
    const std::lock_guard lock(mutex_);
    for (Segment& segment : segments_) {
      segment.synced = true;
      segment.stored_live_docs = segment.published;
    }
    operations_since_flush_ = next_seq_no_ - 1 - manifest.seq_no;
    bytes_since_flush_ = 0;
  }
  remove_unlisted_files(manifest);
  return {};
}

/// Segments that are merged away; readers that still map them keep their bytes.
void LocalIndexEngine::remove_unlisted_files(const Manifest& manifest) {
  std::set<std::string, std::less<>> names;
  for (const Manifest::Segment& segment : manifest.segments) names.insert(segment.name);
  const std::lock_guard lock(mutex_);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool in_use = std::any_of(segments_.begin(), segments_.end(), [&](const Segment& s) { return s.reader->name() == name; });
    if (names.contains(name) || in_use || merging_files_.contains(name)) continue;
    std::filesystem::remove(entry.path(), error);
  }
}

void LocalIndexEngine::tick(Clock::time_point now, int64_t refresh_interval_ms) {
  bool refresh_due = false;
  bool flush_due = false;
  bool sync_due = false;
  {
    const std::lock_guard lock(mutex_);
    refresh_due = dirty_ && refresh_interval_ms >= 0 && now - last_refresh_ >= std::chrono::milliseconds(refresh_interval_ms);
    const bool much = operations_since_flush_ > options_.flush_after_operations || bytes_since_flush_ > options_.flush_after_bytes;
    const bool idle = operations_since_flush_ > 0 && now - last_write_ > kIdleBeforeFlush;
    flush_due = much || idle;
    sync_due = unsynced_ && now - last_sync_ >= std::chrono::milliseconds(sync_interval_ms_);
    if (sync_due) {
      unsynced_ = false;
      last_sync_ = now;
    }
  }
  // One that fails makes the store refuse writes.
  if (sync_due) (void)options_.store->sync();
  // A failure is kept nowhere: the next tick tries again, and nothing acknowledged depends on it.
  if (flush_due) {
    const auto start = Clock::now();
    if (flush()) counters().add(Operation::kPeriodicFlush, Clock::now() - start);
  } else if (refresh_due) {
    (void)refresh();
  }
}

}  // namespace selene::index
