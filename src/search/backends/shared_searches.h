#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "search/backends/local_backend.h"
#include "search/exec/weight.h"

namespace selene::search {

/// The searches of one retriever tree over one LocalBackend, from several threads: all see the same snapshots, and a leaf that
/// stands twice in the tree is searched once. Failed indices and timeouts are noted in the backend behind it. Thread-safe.
class SharedSearches final : public SearchBackend {
 public:
  /// `backend` outlives it and is not used by others meanwhile.
  explicit SharedSearches(LocalBackend& backend) : backend_(backend) {}

  int32_t num_shards() const override { return backend_.num_shards(); }
  base::Result<LeafResult> search(const LeafQuery& leaf, const base::Cancellation& cancellation) override;
  base::Result<std::vector<std::optional<std::string>>> first_values(std::string_view field,
                                                                     const std::vector<DocAddress>& docs) override;
  base::Result<TotalHits> count_union(const std::vector<LeafQuery>& leaves, int32_t limit,
                                      const base::Cancellation& cancellation) override;
  base::Result<Explanation> explain(const LeafQuery& leaf, DocAddress doc) const override { return backend_.explain(leaf, doc); }

  base::Result<RankDocs> rescore(base::JsonValue rescore, int32_t window, const RankDocs& docs) override {
    return backend_.for_one_thread().rescore(rescore, window, docs);
  }
  base::Result<Explanation> explain_rescore(base::JsonValue rescore, Explanation first, DocAddress doc) const override {
    return backend_.explain_rescore(rescore, std::move(first), doc);
  }

  /// How many searches were not answered by an earlier one.
  int num_searches() const;

 private:
  /// One answer, computed by the first who asks while the others wait.
  struct Entry {
    std::mutex mutex;
    int32_t size = 0;                               // GUARDED_BY(mutex)
    std::optional<base::Result<LeafResult>> found;  // GUARDED_BY(mutex)
  };
  base::Result<LeafResult> run(const LeafQuery& leaf, const base::Cancellation& cancellation);

  LocalBackend& backend_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;  // GUARDED_BY(mutex_)
  int num_searches_ = 0;                                   // GUARDED_BY(mutex_)
};

}  // namespace selene::search
