#include "index/store/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "index/store/fault_file_system.h"
#include "index/store/log_scan.h"
#include "index/store/memory_listener.h"
#include "index/store/synced_mark.h"
#include "index/store/table_list.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::array<const char*, 3> kSpaceNames = {"default", "documents", "log"};  // ON DISK
constexpr size_t kBlockCacheBytes = size_t{32} << 20;
constexpr int kBlockCacheShardBits = 2;
constexpr size_t kKeysPerRead = 64;            // their blocks stay in memory together
constexpr double kBlockCacheForIndexes = 0.5;  ///< of the cache, before documents

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

Error error_of(std::string_view action, const rocksdb::Status& status) {
  const ErrorCode code = status.IsCorruption() ? ErrorCode::kCorruptIndex : ErrorCode::kIo;
  return Error(code, "cannot {} the store: {}", action, status.ToString());
}

rocksdb::CompressionType first_supported(std::initializer_list<rocksdb::CompressionType> wanted) {
  const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
  for (const rocksdb::CompressionType type : wanted) {
    if (std::find(supported.begin(), supported.end(), type) != supported.end()) return type;
  }
  return rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions space_options(Space space, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // An index in one piece is larger than the cache's share for it soon, and would be read and unpacked for every document.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_top_level_index_and_filter = true;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.block_size = size_t{4} << 10;  // a hit is one read: a larger block is mostly unpacked for nothing
  table.format_version = 5;
  const bool documents = space == Space::kDocuments;
  options.write_buffer_size = documents ? size_t{32} << 20 : size_t{4} << 20;
  options.max_write_buffer_number = documents ? 3 : 2;
  options.arena_block_size = size_t{256} << 10;
  options.compression = first_supported({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
  options.level_compaction_dynamic_level_bytes = true;
  if (documents) {
    options.memtable_whole_key_filtering = true;  // most writes ask for an id that is not there
    options.memtable_prefix_bloom_size_ratio = 0.02;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::DBOptions db_options() {
  rocksdb::DBOptions options;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_total_wal_size = uint64_t{128} << 20;
  options.max_open_files = 512;
  options.keep_log_file_num = 2;
  options.max_log_file_size = size_t{1} << 20;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.bytes_per_sync = uint64_t{1} << 20;
  options.skip_stats_update_on_db_open = true;
  options.listeners.push_back(make_memory_listener());
  return options;
}

}  // namespace

class StoreSnapshot {
 public:
  StoreSnapshot(std::shared_ptr<rocksdb::DB> db) : db_(std::move(db)), snapshot_(db_->GetSnapshot()) {}
  ~StoreSnapshot() { db_->ReleaseSnapshot(snapshot_); }
  StoreSnapshot(const StoreSnapshot&) = delete;
  StoreSnapshot& operator=(const StoreSnapshot&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  std::shared_ptr<rocksdb::DB> db_;
  const rocksdb::Snapshot* snapshot_;
};

struct StoreBatch::State {
  enum class Kind : uint8_t { kPut, kRemove, kRemoveRange };
  struct Change {
    Space space;
    Kind kind;
    std::string key;
    std::string value;
  };
  std::vector<Change> changes;
};

StoreBatch::StoreBatch() : state_(std::make_unique<State>()) {}
StoreBatch::StoreBatch(StoreBatch&&) noexcept = default;
StoreBatch::~StoreBatch() = default;
void StoreBatch::put(Space space, std::string_view key, std::string_view value) {
  state_->changes.push_back({space, State::Kind::kPut, std::string(key), std::string(value)});
}
void StoreBatch::remove(Space space, std::string_view key) {
  state_->changes.push_back({space, State::Kind::kRemove, std::string(key), {}});
}
void StoreBatch::remove_range(Space space, std::string_view begin, std::string_view end) {
  // RocksDB counts an empty range when it is written but not when its log is read again, so the numbers would not agree.
  if (begin >= end) return;
  state_->changes.push_back({space, State::Kind::kRemoveRange, std::string(begin), std::string(end)});
}
bool StoreBatch::empty() const { return state_->changes.empty(); }
bool StoreBatch::adds() const {
  return std::any_of(state_->changes.begin(), state_->changes.end(), [](const auto& c) { return c.kind == State::Kind::kPut; });
}

struct Store::State {
  std::shared_ptr<rocksdb::Env> env;  ///< of tests; null: the system's
  /// The handles' owner; snapshots may outlive the Store and keep the database open.
  std::shared_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, 3> spaces{};

  std::filesystem::path folder;
  std::unique_ptr<SyncedMark> mark;  ///< GUARDED_BY being the one that syncs
  uint64_t num_lost_writes = 0;
  uint64_t min_free_bytes = 0;
  double max_used = 1;
  std::function<StoreOptions::DiskSpace()> disk_space;

  std::atomic<bool> failed = false;
  std::atomic<bool> fail_next_sync = false;
  mutable std::mutex mutex;
  std::string failure;  ///< why, once `failed`

  std::mutex sync_mutex;
  std::condition_variable sync_done;
  uint64_t syncs_started = 0;
  uint64_t syncs_finished = 0;
  bool syncing = false;

  void note_manifest() const;
  rocksdb::ColumnFamilyHandle* space(Space s) const { return spaces[static_cast<size_t>(s)]; }
  Status fail(std::string_view action, const rocksdb::Status& status) {
    const std::lock_guard lock(mutex);
    if (!failed.exchange(true)) failure = status.ToString();
    return error_of(action, status);
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}

namespace {

using Handles = std::vector<rocksdb::ColumnFamilyHandle*>;

std::vector<rocksdb::ColumnFamilyDescriptor> descriptors() {
  const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(kBlockCacheBytes, kBlockCacheShardBits, false, kBlockCacheForIndexes);
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (size_t i = 0; i < kSpaceNames.size(); ++i) all.emplace_back(kSpaceNames[i], space_options(static_cast<Space>(i), cache));
  return all;
}

/// `env`: kept as long as the database.
std::shared_ptr<rocksdb::DB> owned(rocksdb::DB* db, Handles handles, std::shared_ptr<rocksdb::Env> env = nullptr) {
  return std::shared_ptr<rocksdb::DB>(db, [handles = std::move(handles), env = std::move(env)](rocksdb::DB* opened) {
    for (rocksdb::ColumnFamilyHandle* handle : handles) opened->DestroyColumnFamilyHandle(handle);
    opened->Close().PermitUncheckedError();
    delete opened;
  });
}

Error lost_writes(const std::string& file, uint64_t found, uint64_t synced) {
  return Error(ErrorCode::kCorruptIndex,
               "[{}] is damaged or cut off: acknowledged writes [{}] to [{}] of the store are missing. Restore a backup, or let "
               "`selene check --repair` go on without them",
               file, found + 1, synced);
}

/// A log that cannot be read to its end is what a crash leaves, if all that was acknowledged stands before; else it is damage, to
/// be found before opening throws away what follows. Without a mark a record that is cut off at the end passes.
Status check_logs(const std::filesystem::path& folder, std::optional<uint64_t> synced) {
  ASSIGN_OR_RETURN(const LogScan scan, scan_logs(folder));
  if (scan.bad_file.empty() || (synced && scan.last_sequence >= *synced)) return {};
  if (!synced) {
    if (scan.cut_off) return {};
    return Error(ErrorCode::kCorruptIndex, "[{}] is damaged at offset [{}]", scan.bad_file.string(), scan.bad_offset);
  }
  Handles handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(db_options(), folder.string(), descriptors(), &handles, &db);
  if (!status.ok()) return error_of("open", status);
  const uint64_t found = owned(db, std::move(handles))->GetLatestSequenceNumber();
  return found >= *synced ? Status() : lost_writes(scan.bad_file.string(), found, *synced);
}

StoreOptions::DiskSpace space_of(const std::filesystem::path& folder) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0) return {};
  return {uint64_t{found.f_bavail} * found.f_frsize, uint64_t{found.f_blocks} * found.f_frsize};
}

/// Whether there is no store yet, or one that was never finished being made. One that lost its files is not taken for a new one.
bool is_new(const std::filesystem::path& folder, std::optional<uint64_t> synced) {
  std::error_code error;
  return !synced && !std::filesystem::exists(folder / "CURRENT", error);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder, StoreOptions options) {
  const bool accept_loss = options.lost_writes == StoreOptions::LostWrites::kAccept;
  auto state = std::make_unique<State>();
  state->folder = folder;
  ASSIGN_OR_RETURN(state->mark, SyncedMark::open(folder.string() + ".synced"));
  const std::optional<SyncedMark::Content> mark = state->mark->found();
  const auto synced = mark ? std::optional<uint64_t>(mark->sequence) : std::nullopt;
  rocksdb::DBOptions settings = db_options();
  settings.create_if_missing = is_new(folder, synced);
  if (!settings.create_if_missing) RETURN_IF_ERROR(check_current(folder));
  if (!settings.create_if_missing && !accept_loss) {
    if (mark) RETURN_IF_ERROR(check_manifest(folder, *mark));
    RETURN_IF_ERROR(check_logs(folder, synced));
  }
  state->min_free_bytes = options.min_free_bytes;
  state->max_used = options.max_used;
  state->disk_space = options.disk_space ? std::move(options.disk_space) : [folder] { return space_of(folder); };
  if (options.before_io) {
    state->env = make_fault_env(std::move(options.before_io));
    settings.env = state->env.get();
  }
  Handles handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(settings, folder.string(), descriptors(), &handles, &db);
  if (!status.ok()) return error_of("open", status);
  std::copy(handles.begin(), handles.end(), state->spaces.begin());
  state->db = owned(db, std::move(handles), state->env);
  if (const uint64_t found = db->GetLatestSequenceNumber(); synced && found < *synced) {
    if (!accept_loss) return lost_writes((folder / "*.log").string(), found, *synced);
    state->num_lost_writes = *synced - found;
  }
  state->mark->set_sequence(db->GetLatestSequenceNumber());
  state->note_manifest();
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

/// Opening and closing have synced the list; between, its end may not be durable yet.
void Store::State::note_manifest() const {
  const ManifestFile manifest = current_manifest(folder);
  if (manifest.number != 0) mark->set_manifest(manifest.number, manifest.bytes);
}

Store::~Store() {
  const bool closes = state_->db.use_count() == 1;
  state_->db.reset();
  if (closes && !state_->failed) state_->note_manifest();
}

Status Store::refuse_if_failed() const {
  if (!state_->failed.load(std::memory_order_acquire)) return {};
  const std::lock_guard lock(state_->mutex);
  return Error(ErrorCode::kIo, "the store takes no writes since one failed, restart to recover: {}", state_->failure);
}

StoreMemory Store::memory() const {
  StoreMemory memory;
  for (rocksdb::ColumnFamilyHandle* const space : state_->spaces) {
    uint64_t bytes = 0;
    if (state_->db->GetIntProperty(space, rocksdb::DB::Properties::kSizeAllMemTables, &bytes)) memory.write_buffer_bytes += bytes;
  }
  // One cache for all spaces.
  state_->db->GetIntProperty(state_->spaces.front(), rocksdb::DB::Properties::kBlockCacheUsage, &memory.block_cache_bytes);
  return memory;
}

Status Store::check_space() const {
  const StoreOptions::DiskSpace space = state_->disk_space();
  const auto used = static_cast<double>(space.total_bytes - space.free_bytes);
  if (space.total_bytes == 0) return {};  // unknown
  if (space.free_bytes >= state_->min_free_bytes && used <= state_->max_used * static_cast<double>(space.total_bytes)) return {};
  return Error(ErrorCode::kFloodStage,
               "disk usage exceeded flood-stage watermark: [{}] of [{}] bytes are free. Free space or lower "
               "cluster.routing.allocation.disk.watermark.flood_stage",
               space.free_bytes, space.total_bytes);
}

Status Store::write(StoreBatch& batch) {
  RETURN_IF_ERROR(refuse_if_failed());
  if (batch.adds()) RETURN_IF_ERROR(check_space());
  rocksdb::WriteBatch changes;
  for (const StoreBatch::State::Change& change : batch.state_->changes) {
    rocksdb::ColumnFamilyHandle* space = state_->space(change.space);
    rocksdb::Status status;
    switch (change.kind) {
      case StoreBatch::State::Kind::kPut: status = changes.Put(space, slice(change.key), slice(change.value)); break;
      case StoreBatch::State::Kind::kRemove: status = changes.Delete(space, slice(change.key)); break;
      case StoreBatch::State::Kind::kRemoveRange:
        status = changes.DeleteRange(space, slice(change.key), slice(change.value));
        break;
    }
    if (!status.ok()) return error_of("prepare a write to", status);
  }
  const rocksdb::Status status = state_->db->Write(rocksdb::WriteOptions(), &changes);
  if (!status.ok()) return state_->fail("write to", status);
  return {};
}

/// The caller needs a sync that starts after now. One waiter leads: it syncs for all who came before it started.
Status Store::sync() {
  std::unique_lock lock(state_->sync_mutex);
  const uint64_t needed = state_->syncs_started + 1;
  while (state_->syncs_finished < needed) {
    if (state_->syncing) {
      state_->sync_done.wait(lock);
      continue;
    }
    RETURN_IF_ERROR(refuse_if_failed());
    state_->syncing = true;
    const uint64_t mine = ++state_->syncs_started;
    lock.unlock();
    const uint64_t sequence = state_->db->GetLatestSequenceNumber();
    rocksdb::Status status =
        state_->fail_next_sync.exchange(false) ? rocksdb::Status::IOError("injected sync failure") : state_->db->SyncWAL();
    Status result;
    if (!status.ok()) {
      result = state_->fail("sync", status);
    } else {
      state_->mark->set_sequence(sequence);
    }
    lock.lock();
    state_->syncing = false;
    state_->syncs_finished = mine;
    state_->sync_done.notify_all();
    if (!result) return result;
  }
  return refuse_if_failed();
}

Status Store::write_durably(StoreBatch& batch) {
  RETURN_IF_ERROR(write(batch));
  return sync();
}

Result<std::optional<std::string>> Store::get(Space space, std::string_view key, const StoreSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  std::string value;
  const rocksdb::Status status = state_->db->Get(options, state_->space(space), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return error_of("read", status);
  return std::optional<std::string>(std::move(value));
}

Status Store::get_many(Space space, std::span<const std::string> keys,
                       const std::function<Status(size_t, std::optional<std::string_view>)>& visit,
                       const StoreSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  constexpr bool kSorted = true;
  for (size_t begin = 0; begin < keys.size(); begin += kKeysPerRead) {
    const size_t count = std::min(kKeysPerRead, keys.size() - begin);
    std::array<rocksdb::Slice, kKeysPerRead> slices;
    std::array<rocksdb::PinnableSlice, kKeysPerRead> values;
    std::array<rocksdb::Status, kKeysPerRead> statuses;
    for (size_t i = 0; i < count; ++i) slices[i] = slice(keys[begin + i]);
    state_->db->MultiGet(options, state_->space(space), count, slices.data(), values.data(), statuses.data(), kSorted);
    for (size_t i = 0; i < count; ++i) {
      const rocksdb::Status& status = statuses[i];
      if (!status.ok() && !status.IsNotFound()) return error_of("read", status);
      RETURN_IF_ERROR(visit(begin + i, status.ok() ? std::optional(view(values[i])) : std::nullopt));
    }
  }
  return {};
}

Status Store::scan(Space space, std::string_view begin, std::string_view end,
                   const std::function<bool(std::string_view, std::string_view)>& visit, const StoreSnapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = snapshot->get();
  options.fill_cache = false;
  const rocksdb::Slice upper = slice(end);
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at(state_->db->NewIterator(options, state_->space(space)));
  for (at->Seek(slice(begin)); at->Valid(); at->Next()) {
    if (!visit(view(at->key()), view(at->value()))) return {};
  }
  if (!at->status().ok()) return error_of("read", at->status());
  return {};
}

std::shared_ptr<const StoreSnapshot> Store::snapshot() const { return std::make_shared<const StoreSnapshot>(state_->db); }

int64_t Store::approximate_bytes(Space space, std::string_view begin, std::string_view end) const {
  const rocksdb::Range range(slice(begin), slice(end));
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  uint64_t bytes = 0;
  state_->db->GetApproximateSizes(options, state_->space(space), &range, 1, &bytes).PermitUncheckedError();
  return static_cast<int64_t>(bytes);
}

Status Store::checkpoint(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(state_->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> owner(made);
  constexpr uint64_t kFlushAlways = 0;
  if (status.ok()) status = made->CreateCheckpoint(folder.string(), kFlushAlways);
  if (!status.ok()) return error_of("copy", status);
  return {};
}

Status Store::verify() const {
  const rocksdb::Status status = state_->db->VerifyChecksum();
  if (!status.ok()) return error_of("read", status);
  return {};
}

Status Store::refuse_writes(std::string_view reason) {
  (void)state_->fail("sync", rocksdb::Status::IOError(slice(reason)));
  return refuse_if_failed();
}

uint64_t Store::num_lost_writes() const { return state_->num_lost_writes; }

void Store::fail_next_sync() { state_->fail_next_sync = true; }

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xFF) end.pop_back();
  CHECK(!end.empty());
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace selene::index
