#include "index/store/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/check.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

constexpr std::array<const char*, 3> kSpaceNames = {"default", "documents", "log"};  // ON DISK
constexpr size_t kBlockCacheBytes = size_t{16} << 20;

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
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.block_size = size_t{16} << 10;
  table.format_version = 5;
  const bool documents = space == Space::kDocuments;
  options.write_buffer_size = documents ? size_t{32} << 20 : size_t{4} << 20;
  options.max_write_buffer_number = documents ? 3 : 2;
  options.arena_block_size = size_t{256} << 10;
  options.compression = first_supported({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
  options.bottommost_compression = first_supported({rocksdb::kZSTD, rocksdb::kLZ4Compression});
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
  options.create_if_missing = true;
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
  state_->changes.push_back({space, State::Kind::kRemoveRange, std::string(begin), std::string(end)});
}
bool StoreBatch::empty() const { return state_->changes.empty(); }

struct Store::State {
  /// The handles' owner; snapshots may outlive the Store and keep the database open.
  std::shared_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, 3> spaces{};

  std::atomic<bool> failed = false;
  std::atomic<bool> fail_next_sync = false;
  mutable std::mutex mutex;
  std::string failure;  ///< why, once `failed`

  std::mutex sync_mutex;
  std::condition_variable sync_done;
  uint64_t syncs_started = 0;
  uint64_t syncs_finished = 0;
  bool syncing = false;

  rocksdb::ColumnFamilyHandle* space(Space s) const { return spaces[static_cast<size_t>(s)]; }
  Status fail(std::string_view action, const rocksdb::Status& status) {
    const std::lock_guard lock(mutex);
    if (!failed.exchange(true)) failure = status.ToString();
    return error_of(action, status);
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& folder) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (size_t i = 0; i < kSpaceNames.size(); ++i)
    descriptors.emplace_back(kSpaceNames[i], space_options(static_cast<Space>(i), cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(db_options(), folder.string(), descriptors, &handles, &db);
  if (!status.ok()) return error_of("open", status);
  auto state = std::make_unique<State>();
  std::copy(handles.begin(), handles.end(), state->spaces.begin());
  state->db = std::shared_ptr<rocksdb::DB>(db, [handles](rocksdb::DB* opened) {
    for (rocksdb::ColumnFamilyHandle* handle : handles) opened->DestroyColumnFamilyHandle(handle);
    opened->Close().PermitUncheckedError();
    delete opened;
  });
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Status Store::refuse_if_failed() const {
  if (!state_->failed.load(std::memory_order_acquire)) return {};
  const std::lock_guard lock(state_->mutex);
  return Error(ErrorCode::kIo, "the store takes no writes since one failed, restart to recover: {}", state_->failure);
}

Status Store::write(StoreBatch& batch) {
  RETURN_IF_ERROR(refuse_if_failed());
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
    rocksdb::Status status =
        state_->fail_next_sync.exchange(false) ? rocksdb::Status::IOError("injected sync failure") : state_->db->SyncWAL();
    Status result;
    if (!status.ok()) result = state_->fail("sync", status);
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

void Store::fail_next_sync() { state_->fail_next_sync = true; }

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<uint8_t>(end.back()) == 0xFF) end.pop_back();
  CHECK(!end.empty());
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace selene::index
