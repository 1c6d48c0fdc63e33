#include "index/catalog/local_catalog.h"

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/json/json_writer.h"
#include "base/log.h"
#include "base/random_id.h"
#include "index/catalog/backup.h"
#include "index/catalog/date_math_names.h"
#include "index/catalog/index_name_rules.h"
#include "index/catalog/index_templates.h"
#include "index/engine/manifest.h"
#include "index/store/stored_value.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonValue;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kClusterUuidKey = "cluster_uuid";

Result<std::shared_ptr<const AnalyzerRegistry>> make_analyzers(const IndexRecord& record) {
  const std::string json = analysis_json(record.settings);
  if (json.empty()) return AnalyzerRegistry::create(JsonValue());
  ASSIGN_OR_RETURN(const JsonDocument parsed, JsonDocument::parse(json));
  return AnalyzerRegistry::create(parsed.root(), analysis_limits(record.settings));
}

Status check_body(JsonValue body) {
  if (!body.exists() || body.is_null()) return {};
  if (!body.is_object()) return Error(ErrorCode::kParse, "request body must be an object");
  for (const auto [key, value] : body.as_object()) {
    if (key != "settings" && key != "mappings" && key != "aliases") {
      return Error(ErrorCode::kParse, "unknown key [{}] for create index", key);
    }
    if (!value.is_object() && !value.is_null()) return Error(ErrorCode::kParse, "key [{}] must be an object", key);
  }
  return {};
}

Status read_aliases(JsonValue aliases, IndexRecord& record) {
  if (!aliases.is_object()) return {};
  for (const auto [name, body] : aliases.as_object()) {
    RETURN_IF_ERROR(check_alias_name(name));
    if (!body.is_null() && !body.is_object()) return Error(ErrorCode::kParse, "alias [{}] must be an object", name);
    ASSIGN_OR_RETURN(AliasInfo info, AliasInfo::read(body));
    record.aliases[std::string(name)] = std::move(info);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Catalog>> Catalog::open(Options options) { return LocalCatalog::open(std::move(options)); }

Result<std::unique_ptr<Catalog>> LocalCatalog::open(Options options) {
  ASSIGN_OR_RETURN(DataFolder folder, DataFolder::open(options.data_folder));
  StoreOptions store_options;
  store_options.min_free_bytes = options.min_free_bytes;
  store_options.max_used = options.max_used;
  if (options.accept_lost_writes) store_options.lost_writes = StoreOptions::LostWrites::kAccept;
  ASSIGN_OR_RETURN(std::shared_ptr<Store> store, Store::open(folder.store(), std::move(store_options)));
  std::unique_ptr<LocalCatalog> catalog(new LocalCatalog(std::move(options), std::move(folder), std::move(store)));
  RETURN_IF_ERROR(catalog->load());
  LocalCatalog* self = catalog.get();
  catalog->background_ = std::make_unique<BackgroundWork>([self] { return self->work(); },
                                                          [self] { answer_backup_requests(*self, self->folder_.backups()); },
                                                          self->options_.num_merge_threads, self->merge_signal_);
  return std::unique_ptr<Catalog>(std::move(catalog));
}

Status LocalCatalog::load() {
  RETURN_IF_ERROR(load_cluster_uuid());
  ASSIGN_OR_RETURN(templates_, IndexTemplates::load(*this));
  std::vector<std::string> jsons;
  const std::string begin = index_record_key("");
  RETURN_IF_ERROR(store_->scan(Space::kMetadata, begin, prefix_end(begin), [&](std::string_view, std::string_view json) {
    jsons.emplace_back(json);
    return true;
  }));
  for (const std::string& json : jsons) {
    ASSIGN_OR_RETURN(IndexRecord record, decode_index_record(json));
    std::string name = record.name;
    ASSIGN_OR_RETURN(Entry entry, open_index(std::move(record)));
    for (const std::string& note : entry.engine->recovery_notes()) base::log_warn("index [{}] was repaired: {}", name, note);
    entries_.emplace(std::move(name), std::move(entry));
  }
  return remove_leftovers();
}

Status LocalCatalog::load_cluster_uuid() {
  ASSIGN_OR_RETURN(const auto known, store_->get(Space::kMetadata, kClusterUuidKey));
  if (known) {
    cluster_uuid_ = *known;
    return {};
  }
  cluster_uuid_ = base::random_uuid();
  StoreBatch batch;
  batch.put(Space::kMetadata, kClusterUuidKey, cluster_uuid_);
  return store_->write_durably(batch);
}

/// Folders of indices that were deleted, or never finished being made.
Status LocalCatalog::remove_leftovers() {
  std::set<std::string> uuids;
  for (const auto& [name, entry] : entries_) uuids.insert(entry.record.uuid);
  std::error_code error;
  std::vector<std::filesystem::path> leftovers;
  for (const auto& folder : std::filesystem::directory_iterator(folder_.indices(), error)) {
    if (!uuids.contains(folder.path().filename().string())) leftovers.push_back(folder.path());
  }
  for (const std::filesystem::path& path : leftovers) std::filesystem::remove_all(path, error);
  return {};
}

Result<LocalCatalog::Entry> LocalCatalog::open_index(IndexRecord record) {
  ASSIGN_OR_RETURN(auto analyzers, make_analyzers(record));
  LocalIndexEngine::Options options;
  options.index_name = record.name;
  options.index_uuid = record.uuid;
  options.folder = folder_.indices() / record.uuid;
  options.store = store_;
  options.documents = documents_;
  options.analyzers = std::move(analyzers);
  options.sync_writes = options_.sync_writes && syncs_every_request(record.settings);
  options.sync_interval_ms = read_settings(record.settings).sync_interval_ms;
  options.buffer_bytes = options_.indexing_buffer_bytes;
  options.on_segments_changed = [signal = merge_signal_] { signal->raise(); };
  const IndexSettings settings = read_settings(shown_settings(record));
  options.limits = mapping_limits(settings);
  ASSIGN_OR_RETURN(options.similarities, read_similarities(record.settings));
  options.default_inference_id = options_.default_inference_id;
  Entry entry;
  ASSIGN_OR_RETURN(entry.engine, LocalIndexEngine::open(std::move(options)));
  entry.index =
      std::make_shared<Index>(Index{record.name, record.uuid, record.creation_date_ms, settings, entry.engine, record.state});
  entry.record = std::move(record);
  return entry;
}

Result<IndexRecord> LocalCatalog::new_record(std::string_view name, JsonValue body) const {
  RETURN_IF_ERROR(check_index_name(name));
  if (const auto existing = find(name)) {
    return Error(ErrorCode::kResourceAlreadyExists, "index [{}/{}] already exists", name, existing->uuid)
        .with("index_uuid", existing->uuid)
        .with("index", name);
  }
  if (has_alias(name)) return invalid_index_name(name, "already exists as alias");
  RETURN_IF_ERROR(check_body(body));
  IndexRecord record;
  record.name = name;
  record.uuid = base::random_uuid();
  record.creation_date_ms = base::wall_clock_ms();
  ASSIGN_OR_RETURN(record.settings, flatten_settings(body["settings"]));
  RETURN_IF_ERROR(check_settings(record.settings, SettingsUse::kCreate, nullptr));
  RETURN_IF_ERROR(check_copies(record.settings));
  RETURN_IF_ERROR(read_aliases(body["aliases"], record));
  for (const auto& [alias, info] : record.aliases) {
    if (alias == name || find(alias) != nullptr) {
      return invalid_alias_name(alias, "an index or data stream exists with the same name as the alias");
    }
  }
  return record;
}

Result<LocalCatalog::Entry> LocalCatalog::entry_of(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(name);
  if (at == entries_.end()) return no_such_index(name);
  return at->second;
}

Result<std::string> LocalCatalog::initial_mapping(const IndexRecord& record, JsonValue mappings) const {
  ASSIGN_OR_RETURN(auto analyzers, make_analyzers(record));
  ASSIGN_OR_RETURN(auto similarities, read_similarities(record.settings));
  const IndexSettings settings = read_settings(record.settings);
  std::shared_ptr<const Mapping> mapping =
      Mapping::empty(std::move(analyzers), mapping_limits(settings), std::move(similarities), options_.default_inference_id);
  if (mappings.is_object()) {
    ASSIGN_OR_RETURN(mapping, mapping->merge(mappings));
  }
  base::JsonWriter json;
  mapping->write_json(json);
  return json.take();
}

/// The body of a creation over what the index template for `name` says; empty if there is none.
Result<std::string> LocalCatalog::fill_in(std::string_view name, JsonValue body) const {
  RETURN_IF_ERROR(check_index_name(name));
  RETURN_IF_ERROR(check_body(body));
  return templates_->fill_in(name, body);
}

/// One batch holds record and mapping, so an index exists whole or not at all.
Result<std::shared_ptr<Index>> LocalCatalog::create(std::string_view expression, JsonValue given) {
  ASSIGN_OR_RETURN(const std::string name, resolve_date_math(expression, base::wall_clock_ms()));
  ASSIGN_OR_RETURN(const std::string filled, fill_in(name, given));
  JsonDocument document;
  JsonValue body = given;
  if (!filled.empty()) {
    RETURN_IF_ERROR(document.reparse(filled));
    body = document.root();
  }
  const std::lock_guard change(change_mutex_);
  if (closed_) return Error(ErrorCode::kIllegalState, "the node is closed");
  ASSIGN_OR_RETURN(IndexRecord record, new_record(name, body));
  ASSIGN_OR_RETURN(const std::string mapping, initial_mapping(record, body["mappings"]));
  StoreBatch batch;
  batch.put(Space::kMetadata, mapping_key(record.uuid), mapping);
  batch.put(Space::kMetadata, index_record_key(name), encode_index_record(record));
  {
    Entries entries = [this] {
      const std::lock_guard lock(mutex_);
      return entries_;
    }();
    entries[std::string(name)].record = record;
    RETURN_IF_ERROR(check_write_aliases(entries));
  }
  RETURN_IF_ERROR(store_->write_durably(batch));
  Result<Entry> entry = open_index(record);
  if (!entry) {
    StoreBatch undo;
    add_removal(undo, record);
    (void)store_->write_durably(undo);
    return std::move(entry).error();
  }
  const std::shared_ptr<Index> index = entry->index;
  const std::lock_guard lock(mutex_);
  entries_.emplace(std::string(name), std::move(*entry));
  return index;
}

void LocalCatalog::add_removal(StoreBatch& batch, const IndexRecord& record) const {
  const std::string live_docs = live_docs_key(record.uuid, "");
  batch.remove(Space::kMetadata, index_record_key(record.name));
  batch.remove(Space::kMetadata, mapping_key(record.uuid));
  batch.remove(Space::kMetadata, manifest_key(record.uuid));
  batch.remove_range(Space::kMetadata, live_docs, prefix_end(live_docs));
  batch.remove_range(Space::kDocuments, record.uuid, prefix_end(record.uuid));
  batch.remove_range(Space::kLog, record.uuid, prefix_end(record.uuid));
}

Status LocalCatalog::remove(std::string_view name) {
  const std::lock_guard change(change_mutex_);
  ASSIGN_OR_RETURN(Entry entry, entry_of(name));
  entry.engine->close();
  StoreBatch batch;
  add_removal(batch, entry.record);
  RETURN_IF_ERROR(store_->write_durably(batch));
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(entries_.find(name));
    past_operations_ += entry.engine->counters().totals().finished();
  }
  std::error_code error;  // what stays is removed at the next start
  std::filesystem::remove_all(folder_.indices() / entry.record.uuid, error);
  return {};
}

Status LocalCatalog::put_settings(std::string_view name, JsonValue settings) {
  const std::lock_guard change(change_mutex_);
  ASSIGN_OR_RETURN(Entry entry, entry_of(name));
  const JsonValue inner = settings["settings"].is_object() ? settings["settings"] : settings;
  ASSIGN_OR_RETURN(const SettingValues values, flatten_settings(inner));
  std::vector<std::string> not_dynamic;
  RETURN_IF_ERROR(check_settings(values, SettingsUse::kUpdate, &not_dynamic));
  if (!not_dynamic.empty() && entry.record.state == IndexState::kOpen) {
    std::string names;
    for (const std::string& setting : not_dynamic) names += (names.empty() ? "" : ", ") + setting;
    return Error(ErrorCode::kIllegalArgument, "Can't update non dynamic settings [[{}]] for open indices [[{}/{}]]", names, name,
                 entry.record.uuid);
  }
  for (const auto& [setting, json] : values) entry.record.settings[setting] = json;
  std::erase_if(entry.record.settings, [](const auto& setting) { return setting.second.empty(); });
  RETURN_IF_ERROR(check_copies(entry.record.settings));
  if (entry.record.state == IndexState::kClosed) RETURN_IF_ERROR(check_openable(entry));
  StoreBatch batch;
  batch.put(Space::kMetadata, index_record_key(name), encode_index_record(entry.record));
  RETURN_IF_ERROR(store_->write_durably(batch));
  entry.engine->set_sync(options_.sync_writes && syncs_every_request(entry.record.settings),
                         read_settings(entry.record.settings).sync_interval_ms);
  entry.index = std::make_shared<Index>(*entry.index);
  entry.index->settings = read_settings(shown_settings(entry.record));
  const std::lock_guard lock(mutex_);
  entries_.find(name)->second = std::move(entry);
  return {};
}

std::vector<std::string> LocalCatalog::recovery_notes() const {
  std::vector<std::string> notes;
  if (const uint64_t lost = store_->num_lost_writes(); lost > 0) {
    notes.push_back(base::format("[{}] acknowledged changes of the store are lost", lost));
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    for (const std::string& note : entry.engine->recovery_notes()) notes.push_back(base::format("index [{}]: {}", name, note));
  }
  return notes;
}

/// The store's copy is the moment; segments are derived, so those that a merge takes away meanwhile are rebuilt at a start.
Status LocalCatalog::copy_to(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder / "indices", error);
  if (error) return Error(ErrorCode::kIo, "cannot create folder [{}]: {}", folder.string(), error.message());
  RETURN_IF_ERROR(store_->checkpoint(folder / "store"));
  for (const auto& index : all()) {
    const std::filesystem::path target = folder / "indices" / index->uuid;
    std::filesystem::create_directories(target, error);
    for (const auto& file : std::filesystem::directory_iterator(folder_.indices() / index->uuid, error)) {
      std::filesystem::create_hard_link(file.path(), target / file.path().filename(), error);
    }
  }
  return DataFolder::write_format(folder);
}

/// Whether the mapping holds with the analyzers that the record's settings make: they may have been changed.
Status LocalCatalog::check_openable(const Entry& entry) const {
  base::JsonWriter json;
  entry.engine->mapping()->write_json(json);
  ASSIGN_OR_RETURN(const JsonDocument mapping, JsonDocument::parse(json.text()));
  RETURN_IF_ERROR(initial_mapping(entry.record, mapping.root()));
  return {};
}

Status LocalCatalog::set_state(std::string_view name, IndexState state) {
  const std::lock_guard change(change_mutex_);
  ASSIGN_OR_RETURN(Entry entry, entry_of(name));
  if (entry.record.state == state) return {};
  entry.record.state = state;
  RETURN_IF_ERROR(entry.engine->flush());
  if (state == IndexState::kOpen) {
    // Opened anew, so that settings changed meanwhile count.
    entry.engine->close();
    RETURN_IF_ERROR(entry.engine->force_merge(INT32_MAX));  // merges nothing any more, but waits for a merge that runs
    const OperationTotals past = entry.engine->counters().totals().finished();
    ASSIGN_OR_RETURN(entry, open_index(entry.record));
    const std::lock_guard lock(mutex_);
    past_operations_ += past;
  } else {
    entry.index = std::make_shared<Index>(*entry.index);
    entry.index->state = state;
    entry.index->settings = read_settings(shown_settings(entry.record));
  }
  StoreBatch batch;
  batch.put(Space::kMetadata, index_record_key(name), encode_index_record(entry.record));
  RETURN_IF_ERROR(store_->write_durably(batch));
  const std::lock_guard lock(mutex_);
  entries_.find(name)->second = std::move(entry);
  return {};
}

std::vector<BackgroundWork::Work> LocalCatalog::work() const {
  std::vector<BackgroundWork::Work> work;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) work.push_back({entry.engine, entry.index->settings.refresh_interval_ms});
  return work;
}

void LocalCatalog::close() {
  {
    const std::lock_guard change(change_mutex_);
    if (std::exchange(closed_, true)) return;
  }
  if (background_ != nullptr) background_->stop();
  for (const BackgroundWork::Work& item : work()) {
    if (Status flushed = item.engine->flush(); !flushed) base::log_warn("cannot flush at close: {}", flushed.error().reason());
    item.engine->close();
  }
  (void)store_->sync();
}

CatalogMemory LocalCatalog::memory() const {
  const StoreMemory store = store_->memory();
  return {store.write_buffer_bytes, store.block_cache_bytes, documents_->size_bytes()};
}

}  // namespace selene::index
