#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/engine/index_engine.h"
#include "index/mapping/default_inference_id.h"

namespace selene::index {

class IndexTemplates;

/// Settings of one index that Selene acts on; `json` is the flat map as GET shows it (all values strings).
struct IndexSettings {
  int32_t number_of_shards = 1;
  int32_t number_of_replicas = 1;
  int64_t refresh_interval_ms = 1000;  ///< -1: never by itself
  int64_t sync_interval_ms = 5000;     ///< of writes with durability async
  int32_t max_result_window = 10000;
  int32_t total_fields_limit = 1000;
  int32_t depth_limit = 20;
  std::vector<std::string> query_default_field = {"*"};
  std::map<std::string, std::string, std::less<>>
      flat;  ///< "index.number_of_shards" -> "1", ... incl. uuid, creation_date, version.created
};

enum class IndexState : uint8_t { kOpen, kClosed };

/// One index with its engine. Shared by requests that run while it is deleted.
struct Index {
  std::string name;
  std::string uuid;  ///< 22 URL-safe base64 characters
  int64_t creation_date_ms = 0;
  IndexSettings settings;
  std::shared_ptr<IndexEngine> engine;
  IndexState state = IndexState::kOpen;
};

/// ignore_unavailable, allow_no_indices, expand_wildcards of a request.
struct IndicesOptions {
  bool ignore_unavailable = false;
  bool allow_no_indices = true;
  bool expand_open = true;
  bool expand_closed = false;
  bool expand_hidden = false;
  /// Whether a closed index named by itself is an error (searches, writes) or an answer like any other (what only reads metadata).
  enum class Closed : uint8_t { kForbidden, kAllowed } closed = Closed::kForbidden;
};

/// What an alias says about one index.
struct AliasInfo {
  std::string filter;  ///< JSON text of a query; empty: none
  std::string index_routing;
  std::string search_routing;
  std::optional<bool> is_write_index;
  std::optional<bool> is_hidden;

  /// The members of an alias's body: filter, routing, index_routing, search_routing, is_write_index, is_hidden. Others are left
  /// alone. Errors: kIllegalArgument (a value of a wrong type).
  static base::Result<AliasInfo> read(base::JsonValue body);
  /// {"filter":..,"index_routing":..,...}
  void write_json(base::JsonWriter& out) const;
};

struct AliasAction {
  enum class Type : uint8_t { kAdd, kRemove } type = Type::kAdd;
  std::string index;  ///< concrete name
  std::string alias;
  AliasInfo info;  ///< of kAdd
  bool must_exist = true;
};

/// Bytes of memory that indices hold together. All are bounded.
struct CatalogMemory {
  uint64_t write_buffer_bytes = 0;    ///< of the store
  uint64_t block_cache_bytes = 0;     ///< of the store
  uint64_t document_cache_bytes = 0;  ///< documents that were shown lately
};

/// All indices of the node, their aliases, and small durable records of upper layers. Owns the one RocksDB. Thread-safe.
class Catalog {
 public:
  struct Options {
    std::filesystem::path data_folder;
    bool sync_writes = true;  ///< index.translog.durability: request
    int32_t num_merge_threads = 1;
    size_t indexing_buffer_bytes = size_t{128} << 20;
    size_t document_cache_bytes = size_t{96} << 20;  ///< of documents that were shown lately; 0: none are kept
    /// cluster.routing.allocation.disk.watermark.flood_stage: writes are refused with less than this free, or more than this part
    /// of the disk in use.
    uint64_t min_free_bytes = uint64_t{256} << 20;
    double max_used = 1;
    std::string default_inference_id = std::string(kDefaultInferenceId);  ///< of semantic_text fields that name no endpoint
    /// Go on without acknowledged writes that the store lost, instead of refusing to open.
    bool accept_lost_writes = false;
  };
  /// Opens or creates the data folder and recovers every index (missing or damaged segments are rebuilt from the store). Errors:
  /// kIo, kCorruptIndex, kIllegalState (folder locked by another process; written by a newer version).
  static base::Result<std::unique_ptr<Catalog>> open(Options options);
  virtual ~Catalog() = default;

  /// `body`: {settings, mappings, aliases} or a missing value; the matching index template is applied below it. Errors:
  /// kResourceAlreadyExists, kInvalidIndexName, kIllegalArgument (unknown settings), kMapperParsing.
  virtual base::Result<std::shared_ptr<Index>> create(std::string_view name, base::JsonValue body) = 0;
  virtual base::Status remove(std::string_view name) = 0;
  /// Opens or closes an index, durably: a closed one keeps its documents and answers neither searches nor writes. Errors:
  /// kIndexNotFound.
  virtual base::Status set_state(std::string_view name, IndexState state) = 0;
  /// Changes settings of an existing index, durably; static ones only while it is closed: nested or dotted names, with or without
  /// the prefix `index.`; null brings the default back. `find` gives the changed Index from then on. Errors: kIllegalArgument
  /// (`Can't update non dynamic settings [[index.number_of_shards]] for open indices
  /// [[i/uuid]]`, `unknown setting [index.foo] please check ...`), kIndexNotFound.
  virtual base::Status put_settings(std::string_view name, base::JsonValue settings) = 0;
  /// A concrete index; null if none. Aliases are not looked at.
  virtual std::shared_ptr<Index> find(std::string_view name) const = 0;
  /// Comma list, `*` wildcards, `-exclusion`, aliases, `_all`, date math, empty = all; sorted by first mention, wildcards by name,
  /// no index twice. Errors: kIndexNotFound with resource.type, resource.id, index_uuid "_na_", index; kIndexClosed;
  /// kInvalidIndexName (a leading `_`); kNoSuchRemoteCluster (`cluster:index`).
  virtual base::Result<std::vector<std::shared_ptr<Index>>> resolve(std::string_view expression,
                                                                    const IndicesOptions& options) const = 0;
  /// The alias filters under which `expression` reaches the index of that name: JSON texts of queries, any of which lets a document
  /// through. Empty (all documents): some part of the expression means the index itself or an alias of it without a filter.
  virtual std::vector<std::string> alias_filters(std::string_view expression, std::string_view index) const = 0;
  /// The one index a write to `name` (index or alias) goes to; created (auto_create) if there is neither. Errors: kIllegalArgument
  /// (`no write index is defined for alias [a]. ...`).
  virtual base::Result<std::shared_ptr<Index>> resolve_write(std::string_view name, bool auto_create) = 0;
  virtual std::vector<std::shared_ptr<Index>> all() const = 0;

  /// Index and component templates, which `create` applies.
  virtual IndexTemplates& templates() = 0;

  virtual base::Status update_aliases(const std::vector<AliasAction>& actions) = 0;
  /// Alias name -> what it says about this index.
  virtual std::map<std::string, AliasInfo> aliases_of(std::string_view index) const = 0;

  /// Small durable records of upper layers (inference endpoints, cluster settings), by kind and id; synced before return.
  virtual base::Status put_record(std::string_view kind, std::string_view id, std::string_view bytes) = 0;
  virtual base::Status remove_record(std::string_view kind, std::string_view id) = 0;
  virtual base::Result<std::map<std::string, std::string>> records(std::string_view kind) const = 0;

  /// A copy of the data folder as it is now, all writes so far included, in `folder`, which must not exist: files are linked where
  /// that is possible. Errors: kIo.
  virtual base::Status copy_to(const std::filesystem::path& folder) = 0;
  /// What was damaged and has been rebuilt at `open`, one line each.
  virtual std::vector<std::string> recovery_notes() const = 0;
  /// Compares every checksum of the store. Errors: kCorruptIndex naming the file.
  virtual base::Status verify_store() const = 0;
  virtual CatalogMemory memory() const = 0;
  /// What was done to indices that have been removed, or opened anew, since the node started.
  virtual OperationTotals past_operations() const = 0;
  virtual const std::string& cluster_uuid() const = 0;
  /// Flushes all and stops background work. Idempotent; the destructor calls it.
  virtual void close() = 0;
};

}  // namespace selene::index
