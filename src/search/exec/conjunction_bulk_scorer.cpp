#include "search/exec/conjunction_bulk_scorer.h"

#include <algorithm>

#include "search/exec/exact_sums.h"

namespace selene::search {

std::unique_ptr<BulkScorer> ConjunctionBulkScorer::create(std::vector<std::unique_ptr<BulkTerm>> terms,
                                                          const SegmentContext& segment) {
  if (terms.empty() || !sums_are_exact(terms)) return nullptr;
  return std::unique_ptr<BulkScorer>(new ConjunctionBulkScorer(std::move(terms), segment));
}

ConjunctionBulkScorer::ConjunctionBulkScorer(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment)
    : terms_(std::move(terms)), view_(segment.view), max_below_(terms_.size(), 0) {
  std::stable_sort(terms_.begin(), terms_.end(), [](const auto& a, const auto& b) { return a->doc_freq() < b->doc_freq(); });
  for (size_t i = terms_.size() - 1; i-- > 0;) max_below_[i] = max_below_[i + 1] + static_cast<double>(terms_[i + 1]->list_max());
}

/// The first document from `from` on whose stretch, up to the end of the leading block, can hold a score of `bar`.
DocId ConjunctionBulkScorer::pass_over(DocId from, double bar) {
  BulkTerm& lead = *terms_.front();
  while (from != kNoMoreDocs) {
    const DocId last = lead.block_end(from);
    if (last == kNoMoreDocs) return kNoMoreDocs;
    double sum = static_cast<double>(lead.docs_bound());
    for (size_t i = 1; i < terms_.size() && sum + max_below_[i - 1] >= bar; ++i) {
      sum += static_cast<double>(terms_[i]->max_score(from, last + 1));
    }
    if (sum >= bar) return from;
    from = last + 1;
  }
  return kNoMoreDocs;
}

bool ConjunctionBulkScorer::collect(TopScores& top, const base::Cancellation& cancellation) {
  DocId at = 0;
  for (;;) {
    if (cancellation.should_stop()) return false;
    if (top.pruning()) at = pass_over(at, smallest_sum(top.bar()));
    if (at == kNoMoreDocs) return true;
    const DocId last = terms_.front()->block_end(at);
    if (last == kNoMoreDocs) return true;
    collect_block(terms_.front()->docs_from(at), top);
    at = last + 1;
  }
}

void ConjunctionBulkScorer::collect_block(std::span<const DocId> docs, TopScores& top) {
  const bool pruning = top.pruning();
  const double bar = smallest_sum(top.bar());
  candidates_.clear();
  for (size_t i = 0; i < docs.size(); ++i) candidates_.push_back({docs[i], static_cast<int32_t>(i), 0});
  const double lead_max = static_cast<double>(terms_.front()->docs_bound());
  for (size_t i = 1; i < terms_.size() && !candidates_.empty(); ++i) {
    size_t kept = 0;
    for (Candidate candidate : candidates_) {
      const double needed = pruning ? bar - candidate.score - lead_max - max_below_[i] : 0;
      const float score = terms_[i]->score_of(candidate.doc, needed);
      if (score == BulkTerm::kAbsent || score == BulkTerm::kTooLow) continue;
      candidate.score += static_cast<double>(score);
      candidates_[kept++] = candidate;
    }
    candidates_.resize(kept);
  }
  for (const Candidate& candidate : candidates_) {
    if (!view_.live(candidate.doc)) continue;
    const double sum = candidate.score + static_cast<double>(terms_.front()->score_in_block(static_cast<size_t>(candidate.place)));
    top.count(1);
    top.offer(view_.doc_base + candidate.doc, static_cast<float>(sum));
  }
}

}  // namespace selene::search
