#include "search/backends/knn_searches.h"

#include <algorithm>
#include <tuple>

#include "search/backends/local_backend.h"
#include "search/query/knn_query.h"

namespace selene::search {
namespace {

/// Keeps the `k` best of all shards; of equal scores those of earlier shards, segments and documents.
void keep_best(std::vector<base::Result<KnnShard>>& shards, size_t k) {
  struct Hit {
    size_t shard;
    size_t segment;
    ScoredDoc doc;
  };
  std::vector<Hit> hits;
  for (size_t shard = 0; shard < shards.size(); ++shard) {
    if (!shards[shard].has_value()) continue;
    for (size_t segment = 0; segment < shards[shard]->size(); ++segment) {
      for (const ScoredDoc& doc : (*shards[shard])[segment]) hits.push_back({shard, segment, doc});
      (*shards[shard])[segment].clear();
    }
  }
  std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
    if (a.doc.score != b.doc.score) return a.doc.score > b.doc.score;
    return std::tuple(a.shard, a.segment, a.doc.doc) < std::tuple(b.shard, b.segment, b.doc.doc);
  });
  if (hits.size() > k) hits.resize(k);
  for (const Hit& hit : hits) (*shards[hit.shard])[hit.segment].push_back(hit.doc);
}

}  // namespace

LocalKnnSearches::Shards LocalKnnSearches::search_all(const KnnQuery& query, const BindContext& context) const {
  Shards shards;
  for (const LocalTarget& target : backend_.targets()) {
    BindContext there = backend_.bind_context(target);
    there.nested_scope = context.nested_scope;
    shards.push_back(query.search_shard(there));
  }
  if (query.best_of_all()) keep_best(shards, static_cast<size_t>(query.k(context)));
  return shards;
}

base::Result<KnnShard> LocalKnnSearches::find(const KnnQuery& query, const BindContext& context) {
  const auto found = done_.find(query.id());
  const Shards& shards = found != done_.end() ? found->second : done_.emplace(query.id(), search_all(query, context)).first->second;
  for (size_t i = 0; i < shards.size(); ++i) {
    if (backend_.targets()[i].snapshot.get() == &context.snapshot) return shards[i];
  }
  return query.search_shard(context);
}

}  // namespace selene::search
