#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "index/catalog/background_work.h"
#include "index/catalog/catalog.h"
#include "index/catalog/data_folder.h"
#include "index/catalog/index_record.h"
#include "index/catalog/index_templates.h"
#include "index/segments/document_cache.h"

namespace selene::index {

/// The Catalog over one data folder. Thread-safe: changes of the catalog are made one after another (change_mutex_, held during
/// I/O); what readers see is guarded by mutex_, held shortly.
class LocalCatalog final : public Catalog {
 public:
  static base::Result<std::unique_ptr<Catalog>> open(Options options);
  ~LocalCatalog() override { close(); }

  base::Result<std::shared_ptr<Index>> create(std::string_view name, base::JsonValue body) override;
  base::Status remove(std::string_view name) override;
  base::Status set_state(std::string_view name, IndexState state) override;
  IndexTemplates& templates() override { return *templates_; }
  base::Status put_settings(std::string_view name, base::JsonValue settings) override;
  std::shared_ptr<Index> find(std::string_view name) const override;
  base::Result<std::vector<std::shared_ptr<Index>>> resolve(std::string_view expression,
                                                            const IndicesOptions& options) const override;
  std::vector<std::string> alias_filters(std::string_view expression, std::string_view index) const override;
  base::Result<std::shared_ptr<Index>> resolve_write(std::string_view name, bool auto_create) override;
  std::vector<std::shared_ptr<Index>> all() const override;
  base::Status update_aliases(const std::vector<AliasAction>& actions) override;
  std::map<std::string, AliasInfo> aliases_of(std::string_view index) const override;
  base::Status put_record(std::string_view kind, std::string_view id, std::string_view bytes) override;
  base::Status remove_record(std::string_view kind, std::string_view id) override;
  base::Result<std::map<std::string, std::string>> records(std::string_view kind) const override;
  base::Status copy_to(const std::filesystem::path& folder) override;
  std::vector<std::string> recovery_notes() const override;
  base::Status verify_store() const override { return store_->verify(); }
  CatalogMemory memory() const override;
  OperationTotals past_operations() const override {
    const std::lock_guard lock(mutex_);
    return past_operations_;
  }
  const std::string& cluster_uuid() const override { return cluster_uuid_; }
  void close() override;

 private:
  struct Entry {
    IndexRecord record;
    std::shared_ptr<Index> index;
    std::shared_ptr<LocalIndexEngine> engine;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  LocalCatalog(Options options, DataFolder folder, std::shared_ptr<Store> store)
      : options_(std::move(options)), folder_(std::move(folder)), store_(std::move(store)) {}

  base::Status load();
  base::Status load_cluster_uuid();
  base::Status remove_leftovers();
  base::Result<Entry> open_index(IndexRecord record);
  base::Result<std::string> fill_in(std::string_view name, base::JsonValue body) const;
  base::Result<Entry> entry_of(std::string_view name) const;
  base::Status check_openable(const Entry& entry) const;
  base::Result<IndexRecord> new_record(std::string_view name, base::JsonValue body) const;
  base::Result<std::string> initial_mapping(const IndexRecord& record, base::JsonValue mappings) const;
  base::Status check_write_aliases(const Entries& entries) const;
  bool has_alias(std::string_view alias) const;
  void add_removal(StoreBatch& batch, const IndexRecord& record) const;
  std::vector<BackgroundWork::Work> work() const;
  bool add_matches(std::string_view expression, const IndicesOptions& options, std::vector<std::string>& names) const;

  const Options options_;
  DataFolder folder_;
  std::shared_ptr<Store> store_;
  const std::shared_ptr<DocumentCache> documents_ = std::make_shared<DocumentCache>(options_.document_cache_bytes);
  std::string cluster_uuid_;
  std::mutex change_mutex_;
  mutable std::mutex mutex_;
  Entries entries_;                  ///< GUARDED_BY(mutex_); changed with change_mutex_ held too
  OperationTotals past_operations_;  ///< GUARDED_BY(mutex_)
  bool closed_ = false;
  const std::shared_ptr<BackgroundWork::MergeSignal> merge_signal_ = std::make_shared<BackgroundWork::MergeSignal>();
  std::unique_ptr<IndexTemplates> templates_;
  std::unique_ptr<BackgroundWork> background_;
};

}  // namespace selene::index
