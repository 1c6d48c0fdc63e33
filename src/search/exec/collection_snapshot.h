#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "index/segments/snapshot.h"

namespace selene::search {

/// One index of several that are searched as one collection (`dfs_query_then_fetch`): its documents are its own, the statistics
/// that scores are made of are those of all. Immutable, thread-safe.
class CollectionSnapshot final : public index::Snapshot {
 public:
  using Shared = std::shared_ptr<const index::Snapshot>;
  /// `all`: every index of the collection, `own` among them.
  CollectionSnapshot(Shared own, std::vector<Shared> all) : own_(std::move(own)), all_(std::move(all)) {}

  std::span<const Shared> all() const { return all_; }

  const std::string& index_name() const override { return own_->index_name(); }
  const std::string& index_uuid() const override { return own_->index_uuid(); }
  const std::vector<index::SegmentView>& segments() const override { return own_->segments(); }
  const index::Mapping& mapping() const override { return own_->mapping(); }
  std::shared_ptr<const index::Mapping> shared_mapping() const override { return own_->shared_mapping(); }
  int64_t num_docs() const override { return own_->num_docs(); }
  int64_t num_deleted_docs() const override { return own_->num_deleted_docs(); }
  base::Result<index::StoredDocument> document(index::DocId doc) const override { return own_->document(doc); }
  base::Result<std::vector<std::shared_ptr<const index::StoredDocument>>> documents(
      std::span<const index::DocId> docs) const override {
    return own_->documents(docs);
  }

 private:
  Shared own_;
  std::vector<Shared> all_;
};

/// Calls visit(const index::Snapshot&) for each index whose statistics count for `snapshot`.
template <class Visit>
void for_each_of_collection(const index::Snapshot& snapshot, Visit&& visit) {
  const auto* const collection = dynamic_cast<const CollectionSnapshot*>(&snapshot);
  if (collection == nullptr) {
    visit(snapshot);
    return;
  }
  for (const CollectionSnapshot::Shared& one : collection->all()) visit(*one);
}

}  // namespace selene::search
