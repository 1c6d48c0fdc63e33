#include "search/backends/shared_searches.h"

#include <algorithm>

#include "base/json/json_writer.h"
#include "search/exec/weight.h"

namespace selene::search {

using base::Result;

namespace {

/// What two leaves must have in common to find the same documents; `size` aside.
std::string key_of(const SearchBackend::LeafQuery& leaf) {
  base::JsonWriter out;
  out.begin_array();
  leaf.query.exists() ? out.value(leaf.query) : out.null();
  leaf.knn.exists() ? out.value(leaf.knn) : out.null();
  out.begin_array();
  for (const base::JsonValue filter : leaf.filters) out.value(filter);
  out.end_array();
  leaf.sort.exists() ? out.value(leaf.sort) : out.null();
  leaf.min_score ? out.value(*leaf.min_score) : out.null();
  out.value(leaf.track_total_hits_up_to).value(leaf.collapse_field);
  return out.end_array().take();
}

SearchBackend::LeafResult first(const SearchBackend::LeafResult& found, int32_t size) {
  SearchBackend::LeafResult cut = found;
  if (cut.top.docs.size() > static_cast<size_t>(size)) cut.top.docs.resize(static_cast<size_t>(size));
  return cut;
}

}  // namespace

Result<SearchBackend::LeafResult> SharedSearches::search(const LeafQuery& leaf, const base::Cancellation& cancellation) {
  std::shared_ptr<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Entry>& known = entries_[key_of(leaf)];
    if (known == nullptr) known = std::make_shared<Entry>();
    entry = known;
  }
  const std::lock_guard lock(entry->mutex);
  if (!entry->found || (entry->found->has_value() && entry->size < leaf.size)) {
    entry->size = leaf.size;
    entry->found = run(leaf, cancellation);
  }
  if (!entry->found->has_value()) return entry->found->error();
  return first(**entry->found, leaf.size);
}

Result<SearchBackend::LeafResult> SharedSearches::run(const LeafQuery& leaf, const base::Cancellation& cancellation) {
  LocalBackend own = backend_.for_one_thread();
  Result<LeafResult> found = own.search(leaf, cancellation);
  const std::lock_guard lock(mutex_);
  ++num_searches_;
  backend_.note_all(own);
  return found;
}

Result<std::vector<std::optional<std::string>>> SharedSearches::first_values(std::string_view field,
                                                                             const std::vector<DocAddress>& docs) {
  return backend_.for_one_thread().first_values(field, docs);
}

Result<TotalHits> SharedSearches::count_union(const std::vector<LeafQuery>& leaves, int32_t limit,
                                              const base::Cancellation& cancellation) {
  return backend_.for_one_thread().count_union(leaves, limit, cancellation);
}

int SharedSearches::num_searches() const {
  const std::lock_guard lock(mutex_);
  return num_searches_;
}

}  // namespace selene::search
