#include "search/exec/statistics.h"

#include <algorithm>

#include "search/exec/collection_snapshot.h"

namespace selene::search {

FieldStatistics field_statistics(const index::Snapshot& snapshot, std::string_view field) {
  FieldStatistics sums;
  for_each_of_collection(snapshot, [&](const index::Snapshot& one) {
    for (const index::SegmentView& segment : one.segments()) {
      const index::FieldTerms* terms = segment.reader->terms(field);
      if (terms == nullptr) continue;
      sums.doc_count += terms->doc_count();
      sums.sum_total_term_freq += terms->sum_total_term_freq();
      sums.sum_doc_freq += terms->sum_doc_freq();
    }
  });
  return sums;
}

float average_length(const FieldStatistics& statistics, bool has_freqs) {
  if (statistics.doc_count == 0) return 1;
  const int64_t total = has_freqs ? statistics.sum_total_term_freq : statistics.sum_doc_freq;
  return static_cast<float>(static_cast<double>(total) / static_cast<double>(statistics.doc_count));
}

TermStatistics term_statistics(const index::Snapshot& snapshot, std::string_view field, std::string_view term) {
  TermStatistics found;
  found.metas.reserve(snapshot.segments().size());
  for (const index::SegmentView& segment : snapshot.segments()) {
    const index::FieldTerms* terms = segment.reader->terms(field);
    found.metas.push_back(terms == nullptr ? std::nullopt : terms->find(term));
    if (found.metas.back()) found.doc_freq += found.metas.back()->doc_freq;
  }
  for_each_of_collection(snapshot, [&](const index::Snapshot& one) {
    if (one.index_uuid() == snapshot.index_uuid()) return;
    for (const index::SegmentView& segment : one.segments()) {
      const index::FieldTerms* terms = segment.reader->terms(field);
      const auto meta = terms == nullptr ? std::nullopt : terms->find(term);
      if (meta) found.doc_freq += meta->doc_freq;
    }
  });
  return found;
}

int64_t live_matches(const index::Snapshot& snapshot, const TermStatistics& statistics) {
  int64_t known = 0;
  for (size_t i = 0; i < statistics.metas.size(); ++i) {
    if (!statistics.metas[i]) continue;
    const index::SegmentView& view = snapshot.segments()[i];
    known += std::max<int64_t>(0, int64_t{statistics.metas[i]->doc_freq} - (view.reader->max_doc() - view.num_docs()));
  }
  return known;
}

}  // namespace selene::search
