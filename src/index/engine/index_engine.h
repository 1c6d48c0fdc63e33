#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/engine/operation_counters.h"
#include "index/mapping/mapping.h"
#include "index/segments/snapshot.h"

namespace selene::index {

enum class OpType : uint8_t { kIndex, kCreate, kDelete };
enum class VersionType : uint8_t { kInternal, kExternal, kExternalGte };

/// One document action. Views must live until `apply` returns.
struct WriteOp {
  OpType type = OpType::kIndex;
  std::string id;                   ///< REQUIRES: not empty, <= 512 bytes
  std::string_view source;          ///< one JSON object; empty for kDelete
  std::string_view inference = {};  ///< of semantic_text fields, as parse_document takes it; empty: none
  std::string routing;
  std::optional<int64_t> version;
  VersionType version_type = VersionType::kInternal;
  std::optional<int64_t> if_seq_no;
  std::optional<int64_t> if_primary_term;
};

enum class WriteOutcome : uint8_t { kCreated, kUpdated, kDeleted, kNotFound };

struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kCreated;
  int64_t version = 0;
  int64_t seq_no = 0;
  int64_t primary_term = 1;
};

struct EngineStats {
  int64_t num_docs = 0;
  int64_t num_deleted_docs = 0;
  int64_t size_bytes = 0;  ///< segments and stored documents
  int32_t num_segments = 0;
  int64_t max_seq_no = -1;
  int64_t buffered_docs = 0;         ///< written, not yet visible to searches
  int64_t unflushed_operations = 0;  ///< what a start now would replay
  int64_t unflushed_bytes = 0;
  int64_t last_write_age_ms = 0;  ///< since the index was opened, if nothing was written
};

/// The writer of one index: gives versions and sequence numbers, writes to the store, buffers until refresh, publishes
/// snapshots, merges in the background. Thread-safe.
class IndexEngine {
 public:
  virtual ~IndexEngine() = default;

  /// Applies the actions in order as one batch of the store, and waits for its WAL to be synced. Answers stand in the order of
  /// `ops`; one that fails (kVersionConflict, kDocumentParsing, ...) leaves its neighbours alone. Dynamic mapping updates are
  /// made durable in the same batch.
  virtual std::vector<base::Result<WriteResult>> apply(std::span<const WriteOp> ops) = 0;
  /// Real-time: sees unrefreshed writes. Empty if missing.
  virtual base::Result<std::optional<StoredDocument>> get(std::string_view id) const = 0;

  /// Makes all writes so far visible to searches.
  virtual base::Status refresh() = 0;
  /// Persists segments and the manifest, so that less is replayed at start.
  virtual base::Status flush() = 0;
  /// Merges down to at most `max_num_segments`.
  virtual base::Status force_merge(int32_t max_num_segments) = 0;

  /// What searches see now.
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  /// The mapping as of the last write (it may be ahead of the snapshot's).
  virtual std::shared_ptr<const Mapping> mapping() const = 0;
  /// Merges `mappings` in, durably.
  virtual base::Status put_mapping(base::JsonValue mappings) = 0;
  virtual EngineStats stats() const = 0;
  /// Writes, gets, refreshes, flushes and merges count themselves; upper layers count what they do.
  OperationCounters& counters() const { return counters_; }

 private:
  mutable OperationCounters counters_;
};

}  // namespace selene::index
