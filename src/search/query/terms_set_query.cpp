#include "search/query/terms_set_query.h"

#include <algorithm>

#include "base/format.h"
#include "search/query/field_weights.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"
#include "search/script/script_runner.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;

/// How many terms each document needs.
struct Minimum {
  std::string field;
  std::shared_ptr<const Script> script;
  int64_t fixed = 0;
  int64_t num_terms = 0;
  std::shared_ptr<const index::Mapping> mapping;
  RuntimeError* runtime_error = nullptr;
};

class TermsSetScorer final : public Scorer {
 public:
  TermsSetScorer(std::vector<ScorerPtr> terms, const Minimum& minimum, const SegmentContext& segment)
      : terms_(std::move(terms)), minimum_(minimum), numbers_(segment.reader().numbers(minimum.field)) {
    if (minimum.script != nullptr) {
      runner_.emplace(*minimum.script, *minimum.mapping, segment.reader(), "");
      runner_->set_param("num_terms", minimum.num_terms);
    }
    doc_ = find();
  }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    for (const ScorerPtr& term : terms_) term->advance(target);
    return doc_ = find();
  }
  float score() override {
    double sum = 0;
    for (const ScorerPtr& term : terms_) {
      if (term->doc() == doc_) sum += static_cast<double>(term->score());
    }
    return static_cast<float>(sum);
  }
  int64_t cost() const override {
    int64_t sum = 0;
    for (const ScorerPtr& term : terms_) sum += term->cost();
    return sum;
  }

 private:
  DocId find() {
    for (;;) {
      DocId doc = kNoMoreDocs;
      for (const ScorerPtr& term : terms_) doc = std::min(doc, term->doc());
      if (doc == kNoMoreDocs) return doc;
      const auto count = std::count_if(terms_.begin(), terms_.end(), [&](const ScorerPtr& term) { return term->doc() == doc; });
      if (const auto needed = needed_for(doc); needed && count >= std::max<int64_t>(1, *needed)) return doc;
      for (const ScorerPtr& term : terms_) {
        if (term->doc() == doc) term->next();
      }
    }
  }

  std::optional<int64_t> needed_for(DocId doc) {
    if (runner_) {
      const auto number = runner_->run_number(doc, 0);
      if (number) return static_cast<int64_t>(*number);
      if (minimum_.runtime_error != nullptr) minimum_.runtime_error->note(number.error());
      return std::nullopt;
    }
    if (minimum_.field.empty()) return minimum_.fixed;
    if (numbers_ == nullptr || numbers_->count(doc) == 0) return std::nullopt;
    return numbers_->value(doc, 0);
  }

  std::vector<ScorerPtr> terms_;
  const Minimum& minimum_;
  const index::NumericDocValues* numbers_;
  std::optional<ScriptRunner> runner_;
};

class TermsSetWeight final : public Weight {
 public:
  TermsSetWeight(std::vector<WeightPtr> terms, Minimum minimum) : terms_(std::move(terms)), minimum_(std::move(minimum)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    std::vector<ScorerPtr> scorers;
    for (const WeightPtr& term : terms_) {
      if (ScorerPtr scorer = term->scorer(segment)) scorers.push_back(std::move(scorer));
    }
    if (scorers.empty()) return nullptr;
    return std::make_unique<TermsSetScorer>(std::move(scorers), minimum_, segment);
  }
  std::string description() const override { return "CoveringQuery"; }

 private:
  std::vector<WeightPtr> terms_;
  Minimum minimum_;
};

}  // namespace

base::Status TermsSetQuery::read_key(const QueryParser& parser, base::JsonMember member) {
  ASSIGN_OR_RETURN(const bool known, read_common(*this, member));
  if (known) return {};
  const auto [key, value] = member;
  if (key == "terms" && value.is_array()) {
    for (const base::JsonValue term : value.as_array()) terms_.push_back(term);
  } else if (key == "minimum_should_match_field" && value.is_string()) {
    minimum_field_ = value.as_string();
  } else if (key == "minimum_should_match_script") {
    ASSIGN_OR_RETURN(minimum_script_, Script::parse(value));
  } else if (key == "minimum_should_match") {
    minimum_ = scalar_text(value);
  } else {
    return unsupported_key(parser, "terms_set", member);
  }
  return {};
}

base::Result<QueryPtr> TermsSetQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "terms_set", body));
  if (!field.value.is_object())
    return parsing_error(parser, field.value,
                         base::format("[terms_set] unknown token [{}] after [{}]", token_name(field.value), field.key));
  auto query = std::make_unique<TermsSetQuery>();
  query->field_ = field.key;
  for (const base::JsonMember member : field.value.as_object()) RETURN_IF_ERROR(query->read_key(parser, member));
  const int given =
      (query->minimum_field_.empty() ? 0 : 1) + (query->minimum_script_ == nullptr ? 0 : 1) + (query->minimum_.empty() ? 0 : 1);
  if (given > 1) {
    return Error(ErrorCode::kIllegalArgument,
                 "A terms_set query takes only one of [minimum_should_match_field], [minimum_should_match_script] and "
                 "[minimum_should_match]");
  }
  return query;
}

base::Result<WeightPtr> TermsSetQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  if (terms_.empty()) return std::make_unique<MatchNoneWeight>();
  if (minimum_field_.empty() && minimum_script_ == nullptr && minimum_.empty())
    return Error(ErrorCode::kIllegalState, "No minimum should match has been specified");
  std::vector<WeightPtr> weights;
  for (const base::JsonValue term : terms_) {
    ASSIGN_OR_RETURN(WeightPtr weight, exact_weight(context, field_, term, parent_boost * boost));
    weights.push_back(std::move(weight));
  }
  Minimum minimum{std::string(minimum_field_),       minimum_script_,      0, static_cast<int64_t>(terms_.size()),
                  context.snapshot.shared_mapping(), context.runtime_error};
  if (!minimum_field_.empty()) {
    const index::MappedField* const field = context.mapping().find(minimum_field_);
    if (field == nullptr) return Error(ErrorCode::kQueryShard, "failed to find minimum_should_match field [{}]", minimum_field_);
    minimum.field = field->name;
  }
  if (!minimum_.empty()) {
    ASSIGN_OR_RETURN(minimum.fixed, minimum_should_match(static_cast<int32_t>(weights.size()), minimum_));
  }
  return std::make_unique<TermsSetWeight>(std::move(weights), std::move(minimum));
}

}  // namespace selene::search
