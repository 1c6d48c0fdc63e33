#include "search/exec/layered_disjunction.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "index/formats/weight_layers.h"
#include "search/exec/exact_sums.h"

namespace selene::search {
namespace {

// Measured: make bench-sparse.
/// What is left out may give so much of the bar.
constexpr double kShareOfRest = 0.5;
/// Layers of each list that are added up for the bar, and the longest list without layers that is.
constexpr size_t kLayersForBar = 3;
constexpr int32_t kLongestForBar = 8192;
/// Lists that give less than this part of what the strongest gives decide little and are long.
constexpr float kWeakestForBar = 0.4F;
/// What lists with small rests could add to the bar, as a part of all rests, is not worth looking up.
constexpr double kUnknownForBar = 0.35;
/// Documents looked at for the bar, and those scored before the other candidates, for each hit: of more than are needed some have
/// little but the weights that they were chosen for.
constexpr double kDocsForBar = 1.25;
constexpr double kBestDocs = 1.5;
constexpr size_t kCandidatesAtOnce = 16384;  // a bound of the memory

/// Scores of distinct weights are distinct above this: weights differ by 2^-9 of themselves, scores are rounded to 2^-24.
constexpr float kSmallestRest = 1e-30F;
constexpr double kSlackOfSums = 1 - 1e-12;  // of a difference of sums
constexpr double kNothingNeeded = -std::numeric_limits<double>::infinity();

size_t times(size_t num_hits, double factor) { return static_cast<size_t>(std::ceil(static_cast<double>(num_hits) * factor)); }

}  // namespace

float LayeredDisjunction::Term::rest(size_t of_level) const {
  if (of_level > layers.size()) return 0;
  return of_level == 0 ? whole->list_max() : layers[of_level - 1].rest;
}

int64_t LayeredDisjunction::Term::num_postings(size_t of_level) const {
  if (of_level > layers.size()) return whole->doc_freq();
  return of_level == 0 ? 0 : layers[of_level - 1].num_postings;
}

BulkTerm& LayeredDisjunction::Term::list_of(Layer& layer) const {
  if (layer.list == nullptr) layer.list = std::make_unique<BulkTerm>(layer.postings, whole->weight());
  return *layer.list;
}

std::unique_ptr<LayeredDisjunction> LayeredDisjunction::create(const std::vector<std::unique_ptr<BulkTerm>>& terms,
                                                               const index::SegmentView& view) {
  auto made = std::unique_ptr<LayeredDisjunction>(new LayeredDisjunction(view));
  bool any = false;
  for (const auto& whole : terms) {
    Term term{whole.get(), {}, 0};
    for (index::WeightLayer& layer : whole->weight_layers()) {
      const float rest = whole->score_of_weight(layer.left_out);
      if (rest < kSmallestRest) break;
      const int64_t num_before = term.num_postings(term.layers.size());
      term.layers.push_back({layer.list, nullptr, rest, num_before + layer.list.doc_freq()});
    }
    any = any || !term.layers.empty();
    made->terms_.push_back(std::move(term));
  }
  if (!any) return nullptr;
  return made;
}

void LayeredDisjunction::rewind() {
  for (Term& term : terms_) {
    term.whole->rewind();
    for (Layer& layer : term.layers) {
      if (layer.list != nullptr) layer.list->rewind();
    }
  }
}

void LayeredDisjunction::add_up(DocId begin, DocId end, Sums sums) {
  const auto add = [&](BulkTerm& list, double less) {
    list.for_blocks(begin, end, kNothingNeeded,
                    [&](const BulkTerm::Scored& part) { less == 0 ? sums_.add(begin, part) : sums_.add(begin, part, less); });
  };
  for (Term& term : terms_) {
    const double less = sums == Sums::kScores ? 0 : static_cast<double>(term.rest(term.level));
    if (term.level > term.layers.size()) {
      add(*term.whole, less);
    } else {
      for (size_t i = 0; i < term.level; ++i) add(term.list_of(term.layers[i]), less);
    }
  }
}

/// The documents that are best by the layers chosen for it: so many reach the score of the last of them.
void LayeredDisjunction::raise_bar(TopScores& top) {
  float strongest = 0;
  for (const Term& term : terms_) strongest = std::max(strongest, term.whole->list_max());
  for (Term& term : terms_) {
    term.level = 0;
    if (term.whole->list_max() < strongest * kWeakestForBar) continue;
    term.level = std::min(kLayersForBar, term.layers.size());
    if (term.layers.empty() && term.whole->doc_freq() <= kLongestForBar) term.level = 1;
  }
  rewind();
  TopScores best(times(top.num_hits(), kDocsForBar), -1);
  const DocId max_doc = view_.reader->max_doc();
  for (DocId begin = 0; begin < max_doc; begin += kWindow) {
    add_up(begin, std::min(max_doc, begin + kWindow), Sums::kScores);
    const SummedDocs found = sums_.take(begin, smallest_sum(best.bar()));
    for (size_t i = 0; i < found.docs.size(); ++i) {
      if (view_.live(found.docs[i])) best.offer(found.docs[i], static_cast<float>(found.sums[i]));
    }
  }
  std::vector<Candidate> found;
  best.take_sorted([&](DocId doc, float score) { found.push_back({doc, static_cast<double>(score)}); });
  if (found.size() < top.num_hits()) return;
  top.raise_bar(static_cast<float>(found[top.num_hits() - 1].bound));
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.doc < b.doc; });
  add_likely_scores(found);
  top.raise_bar(std::nextafter(static_cast<float>(bound_of_rank(found, top.num_hits())), 0.0F));  // sums began rounded
}

/// Adds what the lists that may give most give. Their bounds are the sums so far.
void LayeredDisjunction::add_likely_scores(std::vector<Candidate>& docs) {
  sort_by_rest();
  rewind();
  double unknown = sum_of_rests();
  const double enough = unknown * kUnknownForBar;
  for (Term& term : terms_) {
    if (unknown <= enough) break;
    const float rest = term.rest(term.level);
    unknown -= static_cast<double>(rest);
    term.whole->look_up_each(
        docs.size(), [&](size_t i) { return docs[i].doc; },
        [&](size_t i, const BulkTerm::Place& place) {
          const float score = term.whole->score_at(place, docs[i].doc, kNothingNeeded);
          if (score > 0 && score <= rest) docs[i].bound += static_cast<double>(score);
        });
  }
}

void LayeredDisjunction::sort_by_rest() {
  std::sort(terms_.begin(), terms_.end(), [](const Term& a, const Term& b) { return a.rest(a.level) > b.rest(b.level); });
}

double LayeredDisjunction::sum_of_rests() const {
  double sum = 0;
  for (const Term& term : terms_) sum += static_cast<double>(term.rest(term.level));
  return sum;
}

void LayeredDisjunction::Term::find_next_level() {
  gain = -1;
  const double rest_now = static_cast<double>(rest(level));
  const int64_t postings_now = num_postings(level);
  for (size_t deeper = level + 1; deeper <= layers.size() + 1; ++deeper) {
    const auto cost = static_cast<double>(std::max<int64_t>(1, num_postings(deeper) - postings_now));
    const double gain_there = (rest_now - static_cast<double>(rest(deeper))) / cost;
    if (gain_there <= gain) continue;
    gain = gain_there;
    next_level = deeper;
  }
}

/// Takes one step where it spares most for what it costs. False if everything is added up already.
bool LayeredDisjunction::deepen_best_term() {
  const auto best = std::ranges::max_element(terms_, {}, &Term::gain);
  if (best == terms_.end() || best->gain < 0) return false;
  best->level = best->next_level;
  best->find_next_level();
  return true;
}

void LayeredDisjunction::choose_levels(double bar) {
  for (Term& term : terms_) {
    term.level = 0;
    term.find_next_level();
  }
  double rest = sum_of_rests();
  while (rest > bar * kShareOfRest && deepen_best_term()) rest = sum_of_rests();
  sort_by_rest();
  sum_of_rests_ = sum_of_rests();
}

void LayeredDisjunction::prepare(TopScores& top) {
  raise_bar(top);
  choose_levels(smallest_sum(top.bar()));
  rewind();
}

/// Lowers the bounds of the candidates by what the term does not give; drops those below `bar`.
void LayeredDisjunction::look_up(Term& term, double bar, std::vector<Candidate>& docs) {
  const float rest = term.rest(term.level);
  size_t kept = 0;
  const auto visit = [&](size_t i, const BulkTerm::Place& place) {
    Candidate candidate = docs[i];
    const double without = candidate.bound - static_cast<double>(rest);
    const float score = term.whole->score_at(place, candidate.doc, bar - without);
    if (score == BulkTerm::kTooLow) return;
    // What scores more than the rest was added up.
    if (score <= rest) candidate.bound = score == BulkTerm::kAbsent ? without : without + static_cast<double>(score);
    if (candidate.bound >= bar) docs[kept++] = candidate;
  };
  term.whole->look_up_each(
      docs.size(), [&](size_t i) { return docs[i].doc; }, visit);
  docs.resize(kept);
}

/// The `rank`-th highest bound. REQUIRES: 1 <= rank <= docs.size().
double LayeredDisjunction::bound_of_rank(const std::vector<Candidate>& docs, size_t rank) {
  bounds_.clear();
  for (const Candidate& doc : docs) bounds_.push_back(doc.bound);
  const auto found = bounds_.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(bounds_.begin(), found, bounds_.end(), std::greater<>());
  return *found;
}

void LayeredDisjunction::find_candidates(DocId begin, DocId end, double bar) {
  add_up(begin, end, Sums::kScoresOverRest);
  const SummedDocs found = sums_.take(begin, (bar - sum_of_rests_) * kSlackOfSums);
  for (size_t i = 0; i < found.docs.size(); ++i) candidates_.push_back({found.docs[i], found.sums[i] + sum_of_rests_});
}

/// Leaves those of `docs` that reach `bar`, and their scores.
void LayeredDisjunction::score(std::vector<Candidate>& docs, double bar) {
  for (Term& term : terms_) {
    if (docs.empty() || term.rest(term.level) == 0) break;  // descending: all others were added up as a whole
    term.whole->rewind();
    look_up(term, bar, docs);
  }
}

/// Scores those of highest bounds, so that fewer of the others need to be looked up, and raises the bar to what they reach.
void LayeredDisjunction::score_best(TopScores& top) {
  best_.clear();
  const size_t num_best = times(top.num_hits(), kBestDocs);
  if (candidates_.size() <= num_best) return;
  const double last = bound_of_rank(candidates_, num_best);
  std::erase_if(candidates_, [&](const Candidate& candidate) {
    if (candidate.bound < last) return false;
    if (view_.live(candidate.doc)) best_.push_back(candidate);
    return true;
  });
  score(best_, smallest_sum(top.bar()));
  if (best_.size() >= top.num_hits()) top.raise_bar(static_cast<float>(bound_of_rank(best_, top.num_hits())));
}

void LayeredDisjunction::offer_candidates(TopScores& top) {
  score_best(top);
  const double bar = smallest_sum(top.bar());
  std::erase_if(candidates_, [&](const Candidate& candidate) { return candidate.bound < bar; });
  score(candidates_, bar);
  candidates_.insert(candidates_.end(), best_.begin(), best_.end());
  std::sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) { return a.doc < b.doc; });
  for (const Candidate& candidate : candidates_) {
    const auto score = static_cast<float>(candidate.bound);
    if (score >= top.bar() && view_.live(candidate.doc)) top.offer(view_.doc_base + candidate.doc, score);
  }
  candidates_.clear();
}

bool LayeredDisjunction::collect(DocId begin, TopScores& top, const base::Cancellation& cancellation) {
  const DocId max_doc = view_.reader->max_doc();
  candidates_.clear();
  for (; begin < max_doc; begin += kWindow) {
    if (cancellation.should_stop()) return false;
    find_candidates(begin, std::min(max_doc, begin + kWindow), smallest_sum(top.bar()));
    if (candidates_.size() > kCandidatesAtOnce) offer_candidates(top);
  }
  offer_candidates(top);
  return true;
}

}  // namespace selene::search
