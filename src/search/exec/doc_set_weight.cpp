#include "search/exec/doc_set_weight.h"

#include <algorithm>
#include <functional>

namespace selene::search {
namespace {

/// Ascending and distinct. Dense sets go through a bit set, which is linear in the segment.
void sort_unique(std::vector<DocId>& docs, DocId max_doc) {
  if (std::adjacent_find(docs.begin(), docs.end(), std::greater_equal<>()) == docs.end()) return;
  if (docs.size() < static_cast<size_t>(max_doc) / 32) {
    std::sort(docs.begin(), docs.end());
    docs.erase(std::unique(docs.begin(), docs.end()), docs.end());
    return;
  }
  std::vector<bool> seen(static_cast<size_t>(max_doc), false);
  for (const DocId doc : docs) seen[static_cast<size_t>(doc)] = true;
  docs.clear();
  for (DocId doc = 0; doc < max_doc; ++doc) {
    if (seen[static_cast<size_t>(doc)]) docs.push_back(doc);
  }
}

}  // namespace

ScorerPtr DocSetWeight::scorer(const SegmentContext& segment) const {
  std::vector<DocId> docs;
  fill_(segment, docs);
  if (docs.empty()) return nullptr;
  sort_unique(docs, segment.reader().max_doc());
  return std::make_unique<DocListScorer>(std::move(docs), score_);
}

bool DocSetWeight::add_filter_key(FilterKey& key) const {
  if (key_.text().empty()) return false;
  key.add(key_.text()).set_cost(FilterKey::Cost::kCostly);
  return true;
}

void append_postings(index::PostingsCursor cursor, std::vector<DocId>& docs) {
  for (DocId doc = cursor.doc(); doc != kNoMoreDocs; doc = cursor.next()) docs.push_back(doc);
}

}  // namespace selene::search
