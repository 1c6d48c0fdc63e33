#include "search/exec/disjunction_bulk_scorer.h"

#include <algorithm>
#include <utility>

#include "search/exec/exact_sums.h"

namespace selene::search {
namespace {

constexpr float kSlack = 1 - 1e-6F;  // of a bar rounded to float
/// Postings of rare terms that are added up first, at most: this part of the number of documents.
constexpr DocId kPartOfRare = 8;
constexpr double kShareOfWeights = 0.5;  // measured: make bench-sparse
/// Of a window, so that sums in double had better stay in the first cache.
constexpr double kManyPostings = 2048;

double postings_per_window(const std::vector<std::unique_ptr<BulkTerm>>& terms, DocId max_doc, DocId window) {
  double sum = 0;
  for (const auto& term : terms) sum += static_cast<double>(term->doc_freq());
  return sum * static_cast<double>(window) / static_cast<double>(std::max(max_doc, window));
}

}  // namespace

std::unique_ptr<BulkScorer> DisjunctionBulkScorer::create(std::vector<std::unique_ptr<BulkTerm>> terms,
                                                          const SegmentContext& segment) {
  if (terms.empty() || !sums_are_exact(terms)) return nullptr;
  return std::unique_ptr<BulkScorer>(new DisjunctionBulkScorer(std::move(terms), segment));
}

DisjunctionBulkScorer::DisjunctionBulkScorer(std::vector<std::unique_ptr<BulkTerm>> terms, const SegmentContext& segment)
    : terms_(std::move(terms)),
      view_(segment.view),
      max_doc_(segment.reader().max_doc()),
      width_(postings_per_window(terms_, max_doc_, kNarrowWindow) > kManyPostings ? kNarrowWindow : kWindow),
      essential_(terms_.front()->scores_weights() ? kShareOfWeights : 1.0, postings_per_window(terms_, max_doc_, width_)),
      sums_(terms_.size()),
      docs_of_one_(std::make_unique_for_overwrite<DocId[]>(kWindow + index::kSpare)),
      scores_of_one_(std::make_unique_for_overwrite<double[]>(kWindow + index::kSpare)),
      window_(terms_.size()) {
  for (const auto& term : terms_) {
    by_max_.push_back({term.get(), term->list_max()});
    sum_of_list_max_ += static_cast<double>(term->list_max());
  }
}

/// A document scores at least what one of its terms gives it.
void DisjunctionBulkScorer::seed(TopScores& top) const {
  const auto num_deleted = static_cast<int64_t>(max_doc_ - view_.num_docs());
  for (const auto& term : terms_) top.raise_bar(term->guaranteed_score(static_cast<int64_t>(top.num_hits()) + num_deleted));
}

bool DisjunctionBulkScorer::collect(TopScores& top, const base::Cancellation& cancellation) {
  seed(top);
  bool bar_is_raised = !terms_.front()->scores_weights();
  for (DocId begin = next_window(0); begin < max_doc_;) {
    if (cancellation.should_stop()) return false;
    if (top.pruning() && !std::exchange(bar_is_raised, true)) prepare_pruning(top);
    if (layered_ != nullptr) return layered_->collect(begin, top, cancellation);
    const DocId end = std::min(max_doc_, begin + width_);
    top.pruning() && top.bar() > 0 ? collect_competitive(begin, end, top) : collect_and_count(begin, end, top);
    begin = next_window(end);
  }
  return true;
}

/// REQUIRES: top.bar() > 0.
void DisjunctionBulkScorer::collect_competitive(DocId begin, DocId end, TopScores& top) {
  num_postings_ = num_look_ups_ = 0;
  essential_.share() == EssentialShare::kEverything ? collect_all(begin, end, top) : collect_best(begin, end, top);
  essential_.note(num_postings_, num_look_ups_);
}

void DisjunctionBulkScorer::prepare_pruning(TopScores& top) {
  layered_ = LayeredDisjunction::create(terms_, view_);
  if (layered_ != nullptr) return layered_->prepare(top);
  raise_bar(top);
}

/// What documents score by the rarest terms alone is a lower bound of what they score: so many of them reach a score, so nothing
/// below it competes.
void DisjunctionBulkScorer::raise_bar(TopScores& top) {
  std::vector<Bounded> rare = by_max_;
  std::sort(rare.begin(), rare.end(), [](const Bounded& a, const Bounded& b) { return a.term->doc_freq() < b.term->doc_freq(); });
  int64_t num_postings = 0;
  size_t num_rare = 0;
  while (num_rare < rare.size() && (num_postings += rare[num_rare].term->doc_freq()) <= max_doc_ / kPartOfRare) ++num_rare;
  if (num_rare < 2) return;
  rare.resize(num_rare);
  TopScores best(top.num_hits(), -1);
  for (const Bounded& bounded : rare) bounded.term->rewind();
  for (DocId begin = 0; begin < max_doc_; begin += width_) {
    add_all(begin, std::min(max_doc_, begin + width_), rare);
    const SummedDocs found = window_.all().take(begin, smallest_sum(best.bar()));
    for (size_t i = 0; i < found.docs.size(); ++i) {
      if (view_.live(found.docs[i])) best.offer(found.docs[i], static_cast<float>(found.sums[i]));
    }
  }
  if (const auto score = best.last_score()) top.raise_bar(*score);
  for (const Bounded& bounded : rare) bounded.term->rewind();
}

/// Where the next document may be.
DocId DisjunctionBulkScorer::next_window(DocId end) {
  DocId next = kNoMoreDocs;
  for (const auto& term : terms_) next = std::min(next, term->next_possible(end));
  return next;
}

void DisjunctionBulkScorer::add_all(DocId begin, DocId end, std::span<const Bounded> terms) {
  for (const Bounded& bounded : terms)
    bounded.term->for_blocks(begin, end, 0, [&](const BulkTerm::Scored& part) { window_.all().add(begin, part); });
}

/// Counts as well.
void DisjunctionBulkScorer::collect_and_count(DocId begin, DocId end, TopScores& top) {
  add_all(begin, end, by_max_);
  const SummedDocs found = window_.all().take(begin, smallest_sum(top.best_bar()));
  const bool all_live = view_.live_docs == nullptr && view_.nested == nullptr;
  top.count(all_live ? window_.all().count() : window_.all().count(begin, [&](DocId doc) { return view_.live(doc); }));
  offer(found, top);
}

/// REQUIRES: top.bar() > 0.
void DisjunctionBulkScorer::collect_all(DocId begin, DocId end, TopScores& top) {
  const double bar = smallest_sum(top.bar());
  if (sum_of_list_max_ < bar) return;
  window_.start(begin, bar, sum_of_list_max_);
  for (const auto& term : terms_) term->for_blocks(begin, end, 0, [&](const BulkTerm::Scored& part) { window_.add(part); });
  num_postings_ = window_.num_postings();
  offer(window_.take(), top);
}

void DisjunctionBulkScorer::offer(const SummedDocs& found, TopScores& top) const {
  for (size_t i = 0; i < found.docs.size(); ++i) {
    const auto score = static_cast<float>(found.sums[i]);
    if (score >= top.best_bar() && view_.live(found.docs[i])) top.offer(view_.doc_base + found.docs[i], score);
  }
}

/// Candidates of several essential terms: what they lift to `bar` less `rest`, which the others may give. A block that cannot reach
/// the bar with the best of all other terms is left out: none of its documents competes, wherever else they stand.
void DisjunctionBulkScorer::gather(DocId begin, DocId end, std::span<const Bounded> essential, double bar, double rest) {
  double sum_of_max = 0;
  for (const Bounded& bounded : essential) sum_of_max += static_cast<double>(bounded.max);
  window_.start(begin, bar - rest, sum_of_max);
  for (const Bounded& bounded : essential) {
    const double needed = bar - rest - (sum_of_max - static_cast<double>(bounded.max));
    bounded.term->for_blocks(begin, end, needed, [&](const BulkTerm::Scored& part) { window_.add(part); });
  }
  num_postings_ = window_.num_postings();
  candidates_ = window_.take();
}

/// Candidates of the only essential term.
void DisjunctionBulkScorer::gather_one(BulkTerm& term, DocId begin, DocId end, double needed) {
  const auto enough = static_cast<float>(needed) * kSlack;
  size_t kept = 0;
  term.for_blocks(begin, end, needed, [&](const BulkTerm::Scored& part) {
    num_postings_ += part.docs.size();
    kept += kernels_->keep_scores(part.docs.data(), part.scores, part.docs.size(), enough, docs_of_one_.get() + kept,
                                  scores_of_one_.get() + kept);
  });
  candidates_ = {{docs_of_one_.get(), kept}, scores_of_one_.get()};
}

/// Adds one term to the candidates; drops those that cannot reach `bar` with it and all weaker terms (`sum_up_to`; `sum_below`
/// without it).
void DisjunctionBulkScorer::look_up(BulkTerm& term, double bar, double sum_up_to, double sum_below) {
  size_t kept = 0;
  num_look_ups_ += candidates_.docs.size();
  for (size_t i = 0; i < candidates_.docs.size(); ++i) {
    const DocId doc = candidates_.docs[i];
    double sum = candidates_.sums[i];
    if (sum + sum_up_to < bar) continue;
    const float score = term.score_of(doc, bar - sum - sum_below);
    if (score == BulkTerm::kTooLow) continue;
    if (score != BulkTerm::kAbsent) sum += static_cast<double>(score);
    candidates_.docs[kept] = doc;
    candidates_.sums[kept++] = sum;
  }
  candidates_.docs = candidates_.docs.first(kept);
}

/// REQUIRES: top.bar() > 0.
void DisjunctionBulkScorer::collect_best(DocId begin, DocId end, TopScores& top) {
  for (Bounded& bounded : by_max_) bounded.max = bounded.term->max_score(begin, end);
  std::sort(by_max_.begin(), by_max_.end(), [](const Bounded& a, const Bounded& b) { return a.max < b.max; });
  const double bar = smallest_sum(top.bar());
  double sum = 0;
  size_t first_essential = by_max_.size();
  for (size_t i = 0; i < by_max_.size(); ++i) {
    sums_[i] = sum += static_cast<double>(by_max_[i].max);
    if (first_essential == by_max_.size() && sum >= bar * essential_.share()) first_essential = i;
  }
  if (sum < bar || first_essential == by_max_.size()) return;

  const double rest = first_essential == 0 ? 0 : sums_[first_essential - 1];
  const std::span<const Bounded> essential = std::span(by_max_).subspan(first_essential);
  if (essential.size() == 1) {
    gather_one(*essential.front().term, begin, end, bar - rest);
  } else {
    gather(begin, end, essential, bar, rest);
  }
  for (size_t i = first_essential; i-- > 0 && !candidates_.docs.empty();) {
    look_up(*by_max_[i].term, bar, sums_[i], i == 0 ? 0 : sums_[i - 1]);
  }
  offer(candidates_, top);
}

}  // namespace selene::search
