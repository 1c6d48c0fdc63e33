#include "search/query/knn_filter.h"

namespace selene::search {
namespace {

/// The documents of a segment that a weight matches, one bit each.
index::OrdinalSet matches_of(const Weight& weight, const SegmentContext& segment) {
  index::OrdinalSet matches(static_cast<uint32_t>(segment.reader().max_doc()));
  const ScorerPtr scorer = weight.scorer(segment);
  if (scorer == nullptr) return matches;
  for (DocId doc = scorer->doc(); doc != kNoMoreDocs; doc = scorer->next()) matches.add(static_cast<uint32_t>(doc));
  return matches;
}

}  // namespace

std::optional<index::OrdinalSet> accepted_vectors(const SegmentContext& segment, const std::vector<DocId>& docs,
                                                  const KnnFilters& filters) {
  const index::LiveDocs* const live = segment.view.live_docs.get();
  if (live == nullptr && filters.of_documents.empty() && filters.of_objects.empty()) return std::nullopt;
  std::vector<index::OrdinalSet> documents;
  std::vector<index::OrdinalSet> objects;
  for (const WeightPtr& filter : filters.of_documents) documents.push_back(matches_of(*filter, segment));
  for (const WeightPtr& filter : filters.of_objects) objects.push_back(matches_of(*filter, segment));
  const index::NestedDocs* const nested = segment.reader().nested();
  index::OrdinalSet accepted(static_cast<uint32_t>(docs.size()));
  for (size_t ordinal = 0; ordinal < docs.size(); ++ordinal) {
    const DocId doc = docs[ordinal];
    const DocId root = nested == nullptr ? doc : nested->root_of(doc);
    bool accept = live == nullptr || live->live(doc);
    for (const index::OrdinalSet& matches : documents) accept = accept && matches.has(static_cast<uint32_t>(root));
    for (const index::OrdinalSet& matches : objects) accept = accept && matches.has(static_cast<uint32_t>(doc));
    if (accept) accepted.add(static_cast<uint32_t>(ordinal));
  }
  return accepted;
}

bool concerns_nested_objects(base::JsonValue filter, std::string_view path) {
  const auto below = [&](std::string_view name) {
    return name.size() > path.size() && name.starts_with(path) && name[path.size()] == '.';
  };
  if (filter.is_string()) return below(filter.as_string());
  if (filter.is_array()) {
    for (const base::JsonValue element : filter.as_array()) {
      if (concerns_nested_objects(element, path)) return true;
    }
  }
  if (!filter.is_object()) return false;
  for (const base::JsonMember member : filter.as_object()) {
    if (member.key == "nested") continue;
    if (below(member.key) || concerns_nested_objects(member.value, path)) return true;
  }
  return false;
}

}  // namespace selene::search
