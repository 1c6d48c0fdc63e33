#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "index/engine/buffered_segment.h"
#include "index/engine/index_engine.h"
#include "index/engine/local_snapshot.h"
#include "index/engine/manifest.h"
#include "index/engine/version_rules.h"
#include "index/segments/merge_policy.h"
#include "index/store/store.h"
#include "index/store/stored_value.h"

namespace selene::index {

/// The engine over the store and own segments.
///
/// Writers parse and analyse into a buffer of their own, then take versions, write to the store and register in memory under one
/// lock, then wait for the sync outside it. A refresh turns the buffers into segments; a flush makes segments and manifest durable;
/// a merge replaces neighbouring segments. Thread-safe.
///
/// Locks, in this order: merge_mutex_ (one merge), refresh_mutex_ (what is published changes), mutex_ (everything else, short).
class LocalIndexEngine final : public IndexEngine {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::string index_name;
    std::string index_uuid;
    std::filesystem::path folder;  ///< of the segments; created if missing
    std::shared_ptr<Store> store;
    std::shared_ptr<DocumentCache> documents;  ///< null: one of its own, small
    base::Env* files = &base::system_env();    ///< of the segments
    std::shared_ptr<const AnalyzerRegistry> analyzers;
    MappingLimits limits;
    std::shared_ptr<const Similarities> similarities;                     ///< null: those of an index without settings
    std::string default_inference_id = std::string(kDefaultInferenceId);  ///< of semantic_text fields that name no endpoint
    bool sync_writes = true;                                              ///< apply waits for the sync
    int64_t sync_interval_ms = 5000;                                      ///< without sync_writes: the store is synced so often
    size_t buffer_bytes = size_t{128} << 20;                              ///< buffered more than this, a writer refreshes itself
    size_t flush_after_bytes = size_t{48} << 20;                          ///< sources written since the last flush
    int64_t flush_after_operations = 50'000;
    std::function<void()> on_segments_changed = [] {};  ///< called without locks held
  };
  /// Recovers what the store holds: loads the manifest's segments (checksums verified), rebuilds missing or damaged ones, replays
  /// what lies past the manifest. Errors: kIo, kCorruptIndex.
  static base::Result<std::shared_ptr<LocalIndexEngine>> open(Options options);

  std::vector<base::Result<WriteResult>> apply(std::span<const WriteOp> ops) override;
  base::Result<std::optional<StoredDocument>> get(std::string_view id) const override;
  base::Status refresh() override;
  base::Status flush() override;
  base::Status force_merge(int32_t max_num_segments) override;
  std::shared_ptr<const Snapshot> snapshot() const override;
  std::shared_ptr<const Mapping> mapping() const override;
  base::Status put_mapping(base::JsonValue mappings) override;
  EngineStats stats() const override;

  /// What the background thread calls now and then: refreshes after `refresh_interval_ms` (-1: never), syncs what asynchronous
  /// writes left, flushes by size and when idle.
  void tick(Clock::time_point now, int64_t refresh_interval_ms);
  bool needs_merge() const;
  /// One merge of the policy; false if there was nothing to do or it failed.
  bool merge_once();
  void set_sync(bool sync_writes, int64_t sync_interval_ms) {
    sync_writes_ = sync_writes;
    sync_interval_ms_ = sync_interval_ms;
  }
  /// From now on writes get kIndexNotFound. For an index that is being deleted.
  void close();
  /// Files that could not be used at `open` and why; empty after a clean one.
  const std::vector<std::string>& recovery_notes() const { return recovery_notes_; }

 private:
  static constexpr size_t kOwnDocumentBytes = size_t{1} << 20;
  struct Segment {
    std::shared_ptr<const SegmentReader> reader;
    std::shared_ptr<const LiveDocs> published;  ///< what snapshots see; null: all live
    std::shared_ptr<LiveDocs> working;          ///< with deletes since the last refresh; null: as published
    std::shared_ptr<LiveDocs> taken;            ///< `working` as the refresh in progress took it: not to be changed
    bool synced = false;
    std::shared_ptr<const LiveDocs> stored_live_docs;  ///< as the last manifest has it

    bool live(DocId doc) const {
      if (working != nullptr) return working->live(doc);
      return published == nullptr || published->live(doc);
    }
    void remove(DocId doc);
  };
  struct Prepared {  ///< one operation after parsing
    std::optional<base::Error> error;
    DocId doc = -1;  ///< in the writer's buffer
  };
  struct Planned {
    size_t op;
    int64_t seq_no;
    bool replaces;
  };
  struct Frozen {  ///< what a refresh took at its moment
    std::vector<std::shared_ptr<BufferedSegment>> buffers;
    std::vector<std::vector<DocId>> deleted;  ///< by buffer
    std::vector<int64_t> replaced;            ///< `replaced_` until then
    std::shared_ptr<const StoreSnapshot> moment;
    int64_t seq_no = -1;
    bool changed = false;
  };

  explicit LocalIndexEngine(Options options)
      : options_(std::move(options)),
        documents_(options_.documents != nullptr ? options_.documents : std::make_shared<DocumentCache>(kOwnDocumentBytes)),
        documents_owner_(documents_->new_owner()),
        sync_writes_(options_.sync_writes),
        sync_interval_ms_(options_.sync_interval_ms) {}

  // local_index_engine.cpp
  base::Error blocked(const base::Error& cause) const;
  Prepared prepare(const WriteOp& op, BufferedSegment& buffer, std::shared_ptr<const Mapping>& mapping);
  base::Result<ParsedDocument> parse(const WriteOp& op, const base::JsonDocument& json, const base::JsonDocument& inference,
                                     std::shared_ptr<const Mapping>& mapping);
  base::Result<std::shared_ptr<const Mapping>> merge_dynamic(const std::string& update);
  void commit(std::span<const WriteOp> ops, std::vector<Prepared>& prepared, BufferedSegment& buffer,
              std::vector<base::Result<WriteResult>>& results, bool& wrote);
  base::Result<std::optional<CurrentVersion>> current_version(std::string_view id) const;
  void remove_previous(std::string_view id);
  void add_mapping_to(StoreBatch& batch);
  std::string segment_path(std::string_view name) const { return (options_.folder / std::string(name)).string(); }
  std::string new_segment_name();

  // engine_refresh.cpp
  std::shared_ptr<BufferedSegment> take_buffer();
  void give_back(const std::shared_ptr<BufferedSegment>& buffer);
  base::Status flush_now();
  base::Result<bool> refresh_locked();  ///< whether anything is new
  Frozen freeze();
  void restore(Frozen& frozen);
  base::Result<std::vector<Segment>> write_buffers(const Frozen& frozen, std::vector<std::vector<DocId>>& numbers);
  void publish(const Frozen& frozen, std::vector<Segment> added, const std::vector<std::vector<DocId>>& numbers);
  void publish_snapshot(std::shared_ptr<const StoreSnapshot> moment);
  base::Status write_manifest_locked();
  base::Status sync_segments(const std::vector<Segment>& segments);
  base::Status sync_or_refuse_writes(const std::filesystem::path& path);
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  void remove_unlisted_files(const Manifest& manifest);

  // engine_merge.cpp
  base::Status merge_range(size_t begin, size_t end);
  base::Status replace_segments(const std::vector<Segment>& sources, const std::vector<std::vector<DocId>>& numbers,
                                std::shared_ptr<const SegmentReader> merged);
  std::vector<MergeCandidate> merge_candidates() const;

  // engine_recovery.cpp
  base::Status recover();
  base::Status load_mapping();
  base::Result<bool> load_segments(const Manifest& manifest);
  base::Result<Segment> load_segment(const Manifest::Segment& listed);
  base::Status rebuild_missing(int64_t up_to_seq_no);
  base::Status replay(int64_t after_seq_no);
  void recover_document(std::string_view id, const StoredValue& value);
  bool holds_current(std::string_view id, int64_t seq_no) const;
  base::Status refresh_if_large();

  const Options options_;
  const std::shared_ptr<DocumentCache> documents_;
  const uint64_t documents_owner_;
  std::atomic<bool> sync_writes_;
  std::atomic<int64_t> sync_interval_ms_;
  std::vector<std::string> recovery_notes_;

  std::mutex merge_mutex_;
  std::mutex refresh_mutex_;
  Manifest stored_manifest_;  ///< GUARDED_BY(refresh_mutex_)

  mutable std::mutex mutex_;
  std::condition_variable buffer_returned_;
  std::condition_variable frozen_;
  bool freezing_ = false;  ///< a refresh waits for older writers; those of the new generation commit after its moment
  bool closed_ = false;
  std::shared_ptr<const Mapping> mapping_;
  bool mapping_unsaved_ = false;
  int64_t next_seq_no_ = 0;
  uint64_t next_segment_ = 0;
  uint64_t generation_ = 0;
  std::vector<std::shared_ptr<BufferedSegment>> buffers_;   ///< filling, busy or free
  std::vector<std::shared_ptr<BufferedSegment>> flushing_;  ///< taken by the refresh in progress
  std::vector<Segment> segments_;
  std::shared_ptr<const LocalSnapshot> snapshot_;
  int64_t published_seq_no_ = -1;
  std::vector<int64_t> replaced_;                     ///< of versions that the newest snapshot shows and the next one will not
  std::set<std::string, std::less<>> merging_files_;  ///< being written by a merge
  bool dirty_ = false;                                ///< written since the last refresh
  int64_t operations_since_flush_ = 0;
  size_t bytes_since_flush_ = 0;
  Clock::time_point last_refresh_{};
  Clock::time_point last_write_ = Clock::now();
  bool unsynced_ = false;  ///< written without a sync since `last_sync_`
  Clock::time_point last_sync_{};
};

}  // namespace selene::index
