#include "search/exec/boolean_weight.h"

#include <algorithm>

#include "search/exec/boolean_scorers.h"
#include "search/exec/conjunction_bulk_scorer.h"
#include "search/exec/disjunction_bulk_scorer.h"
#include "search/exec/max_score_scorer.h"
#include "search/exec/term_weight.h"

namespace selene::search {
namespace {

std::vector<ScorerPtr> scorers_of(const std::vector<WeightPtr>& weights, const SegmentContext& segment) {
  std::vector<ScorerPtr> scorers;
  for (const WeightPtr& weight : weights) {
    if (ScorerPtr scorer = weight->scorer(segment)) scorers.push_back(std::move(scorer));
  }
  return scorers;
}

std::string joined(const std::vector<WeightPtr>& weights, std::string_view prefix, std::string_view separator) {
  std::string text;
  for (const WeightPtr& weight : weights) {
    if (!text.empty()) text += separator;
    text += prefix;
    text += weight->description();
  }
  return text;
}

/// A disjunction that can pass over what does not compete, if it is one of terms only.
ScorerPtr top_scores_disjunction(std::vector<ScorerPtr> scorers) {
  const bool only_terms =
      std::all_of(scorers.begin(), scorers.end(), [](const ScorerPtr& s) { return dynamic_cast<TermScorer*>(s.get()) != nullptr; });
  if (!only_terms) return std::make_unique<DisjunctionScorer>(std::move(scorers), 1);
  std::vector<std::unique_ptr<TermScorer>> terms;
  for (ScorerPtr& scorer : scorers) terms.emplace_back(static_cast<TermScorer*>(scorer.release()));
  return std::make_unique<MaxScoreScorer>(std::move(terms));
}

bool only_terms(const std::vector<WeightPtr>& weights) {
  return !weights.empty() && std::all_of(weights.begin(), weights.end(),
                                         [](const WeightPtr& w) { return dynamic_cast<const TermWeight*>(w.get()) != nullptr; });
}

bool add_filter_keys(const std::vector<WeightPtr>& weights, FilterKey& key) {
  key.add(static_cast<int64_t>(weights.size()));
  return std::all_of(weights.begin(), weights.end(), [&](const WeightPtr& weight) { return weight->add_filter_key(key); });
}

}  // namespace

int32_t BooleanWeight::needed() const {
  if (clauses_.min_should_match > 0) return clauses_.min_should_match;
  return clauses_.must.empty() && clauses_.filter.empty() && !clauses_.should.empty() ? 1 : 0;
}

ScorerPtr BooleanWeight::required_scorer(const SegmentContext& segment, bool* none) const {
  std::vector<ScorerPtr> required;
  std::vector<bool> scoring;
  for (const auto* weights : {&clauses_.must, &clauses_.filter}) {
    for (const WeightPtr& weight : *weights) {
      ScorerPtr scorer = weight->scorer(segment);
      if (scorer == nullptr) {
        *none = true;
        return nullptr;
      }
      required.push_back(std::move(scorer));
      scoring.push_back(weights == &clauses_.must);
    }
  }
  if (required.empty()) return nullptr;
  if (required.size() == 1 && scoring.front()) return std::move(required.front());
  if (required.size() == 1) return std::make_unique<ConstantScorer>(std::move(required.front()), 0.0F);
  return std::make_unique<ConjunctionScorer>(std::move(required), scoring);
}

ScorerPtr BooleanWeight::optional_scorer(const SegmentContext& segment) const {
  std::vector<ScorerPtr> optional = scorers_of(clauses_.should, segment);
  const auto num_matching = static_cast<int32_t>(optional.size());
  if (optional.empty() || num_matching < needed()) return nullptr;
  if (optional.size() == 1) return std::move(optional.front());
  if (num_matching == needed()) {
    return std::make_unique<ConjunctionScorer>(std::move(optional), std::vector<bool>(static_cast<size_t>(num_matching), true));
  }
  const bool alone = clauses_.must.empty() && clauses_.filter.empty();
  if (alone && mode_ == ScoreMode::kTopScores && needed() == 1) return top_scores_disjunction(std::move(optional));
  return std::make_unique<DisjunctionScorer>(std::move(optional), needed());
}

ScorerPtr BooleanWeight::scorer(const SegmentContext& segment) const {
  bool none = false;
  ScorerPtr result = required_scorer(segment, &none);
  if (none) return nullptr;
  const bool optional_wanted = !clauses_.should.empty() && (needed() > 0 || mode_ != ScoreMode::kNone);
  if (optional_wanted || result == nullptr) {
    ScorerPtr optional = optional_scorer(segment);
    if (optional == nullptr && (needed() > 0 || result == nullptr)) return nullptr;
    if (result == nullptr) {
      result = std::move(optional);
    } else if (optional != nullptr && needed() > 0) {
      std::vector<ScorerPtr> both;
      both.push_back(std::move(result));
      both.push_back(std::move(optional));
      result = std::make_unique<ConjunctionScorer>(std::move(both), std::vector<bool>{true, true});
    } else if (optional != nullptr) {
      result = std::make_unique<RequiredOptionalScorer>(std::move(result), std::move(optional));
    }
  }
  std::vector<ScorerPtr> excluded = scorers_of(clauses_.must_not, segment);
  if (excluded.empty()) return result;
  ScorerPtr any = excluded.size() == 1 ? std::move(excluded.front()) : std::make_unique<DisjunctionScorer>(std::move(excluded), 1);
  return std::make_unique<ExcludingScorer>(std::move(result), std::move(any));
}

bool BooleanWeight::any_of_terms() const {
  return clauses_.must.empty() && clauses_.filter.empty() && clauses_.must_not.empty() && needed() == 1 &&
         only_terms(clauses_.should);
}

bool BooleanWeight::all_of_terms() const {
  return clauses_.should.empty() && clauses_.filter.empty() && clauses_.must_not.empty() && only_terms(clauses_.must);
}

std::unique_ptr<BulkScorer> BooleanWeight::bulk_scorer(const SegmentContext& segment) const {
  const bool any = any_of_terms();
  std::vector<std::unique_ptr<BulkTerm>> terms;
  for (const WeightPtr& weight : any ? clauses_.should : clauses_.must) {
    if (auto term = static_cast<const TermWeight&>(*weight).bulk_term(segment)) {
      terms.push_back(std::move(term));
    } else if (!any) {
      return nullptr;
    }
  }
  return any ? DisjunctionBulkScorer::create(std::move(terms), segment) : ConjunctionBulkScorer::create(std::move(terms), segment);
}

int64_t BooleanWeight::known_matches(const index::Snapshot& snapshot) const {
  int64_t known = 0;
  if (!any_of_terms()) return known;
  for (const WeightPtr& weight : clauses_.should) known = std::max(known, weight->known_matches(snapshot));
  return known;
}

bool BooleanWeight::add_filter_key(FilterKey& key) const {
  key.kind('b').add(int64_t{needed()});
  for (const auto* weights : {&clauses_.must, &clauses_.filter, &clauses_.should, &clauses_.must_not}) {
    if (!add_filter_keys(*weights, key)) return false;
  }
  key.set_cost(FilterKey::Cost::kCompound);
  return true;
}

Explanation BooleanWeight::explain(const SegmentContext& segment, DocId doc) const {
  const ScorerPtr found = scorer(segment);
  if (found == nullptr || found->advance(doc) != doc) return {false, 0, "no match on required clauses", {}};
  Explanation sum{true, found->score(), "sum of:", {}};
  for (const auto* weights : {&clauses_.must, &clauses_.should}) {
    for (const WeightPtr& weight : *weights) {
      Explanation part = weight->explain(segment, doc);
      if (part.match) sum.details.push_back(std::move(part));
    }
  }
  for (const WeightPtr& weight : clauses_.filter) {
    Explanation part = weight->explain(segment, doc);
    if (part.match) {
      sum.details.push_back(
          {true, 0, "match on required clause, product of:", {{true, 0, "# clause", {}}, {true, 1, weight->description(), {}}}});
    }
  }
  if (sum.details.size() == 1 && clauses_.filter.empty()) return std::move(sum.details.front());
  return sum;
}

std::string BooleanWeight::description() const {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!text.empty() && !part.empty()) text += ' ';
    text += part;
  };
  add(joined(clauses_.must, "+", " "));
  add(joined(clauses_.filter, "#", " "));
  add(joined(clauses_.should, "", " "));
  add(joined(clauses_.must_not, "-", " "));
  return "(" + text + ")";
}

WeightPtr make_disjunction(std::vector<WeightPtr> weights, ScoreMode mode) {
  if (weights.empty()) return std::make_unique<MatchNoneWeight>();
  if (weights.size() == 1) return std::move(weights.front());
  BooleanWeight::Clauses clauses;
  clauses.should = std::move(weights);
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

ScorerPtr DisMaxWeight::scorer(const SegmentContext& segment) const {
  std::vector<ScorerPtr> scorers = scorers_of(weights_, segment);
  if (scorers.empty()) return nullptr;
  if (scorers.size() == 1) return std::move(scorers.front());
  return std::make_unique<DisjunctionScorer>(std::move(scorers), 1, DisjunctionScorer::Combine::kMax, tie_breaker_);
}

bool DisMaxWeight::add_filter_key(FilterKey& key) const {
  if (!add_filter_keys(weights_, key.kind('d'))) return false;
  key.set_cost(FilterKey::Cost::kCompound);
  return true;
}

Explanation DisMaxWeight::explain(const SegmentContext& segment, DocId doc) const {
  const ScorerPtr found = scorer(segment);
  if (found == nullptr || found->advance(doc) != doc) return {false, 0, "No matching clause", {}};
  Explanation result{
      true, found->score(), tie_breaker_ == 0 ? "max of:" : "max plus " + std::to_string(tie_breaker_) + " times others of:", {}};
  for (const WeightPtr& weight : weights_) {
    Explanation part = weight->explain(segment, doc);
    if (part.match) result.details.push_back(std::move(part));
  }
  return result;
}

std::string DisMaxWeight::description() const { return "(" + joined(weights_, "", " | ") + ")"; }

ScorerPtr BoostingWeight::scorer(const SegmentContext& segment) const {
  ScorerPtr positive = positive_->scorer(segment);
  if (positive == nullptr) return nullptr;
  ScorerPtr negative = negative_->scorer(segment);
  if (negative == nullptr && boost_ == 1) return positive;
  return std::make_unique<BoostingScorer>(std::move(positive), std::move(negative), negative_boost_, boost_);
}

std::string BoostingWeight::description() const {
  return "FunctionScoreQuery(" + positive_->description() + ", scored by boost(" + negative_->description() + "))";
}

}  // namespace selene::search
