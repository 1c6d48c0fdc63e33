#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/segments/document_cache.h"
#include "index/segments/snapshot.h"
#include "index/store/store.h"

namespace selene::index {

/// A Snapshot over mapped segments and a moment of the store, which it keeps open. Immutable, thread-safe.
class LocalSnapshot final : public Snapshot {
 public:
  struct Parts {
    std::string index_name;
    std::string index_uuid;
    std::vector<SegmentView> segments;  ///< doc_base is set here
    std::shared_ptr<const Mapping> mapping;
    std::shared_ptr<const Store> store;
    std::shared_ptr<const StoreSnapshot> moment;
    std::shared_ptr<DocumentCache> documents;
    uint64_t documents_owner = 0;  ///< of the cache
  };
  explicit LocalSnapshot(Parts parts);

  const std::string& index_name() const override { return parts_.index_name; }
  const std::string& index_uuid() const override { return parts_.index_uuid; }
  const std::vector<SegmentView>& segments() const override { return parts_.segments; }
  const Mapping& mapping() const override { return *parts_.mapping; }
  std::shared_ptr<const Mapping> shared_mapping() const override { return parts_.mapping; }
  int64_t num_docs() const override { return num_docs_; }
  int64_t num_deleted_docs() const override { return num_deleted_docs_; }
  base::Result<StoredDocument> document(DocId doc) const override;
  base::Result<std::vector<DocumentCache::DocumentPtr>> documents(std::span<const DocId> docs) const override;

  const std::shared_ptr<const StoreSnapshot>& moment() const { return parts_.moment; }

 private:
  struct Wanted {
    std::string key;
    size_t at;  ///< among the documents asked for
  };
  base::Error not_in_store(DocId doc) const;
  base::Status read(std::span<const DocId> docs, std::vector<Wanted> wanted, std::vector<DocumentCache::DocumentPtr>& into) const;

  Parts parts_;
  int64_t num_docs_ = 0;
  int64_t num_deleted_docs_ = 0;
};

/// The document under `id` at a moment (null: now); empty if there is none. Errors: kIo, kCorruptIndex.
base::Result<std::optional<StoredDocument>> read_document(const Store& store, std::string_view uuid, std::string_view id,
                                                          const StoreSnapshot* moment);

}  // namespace selene::index
