#include "search/query/cross_fields.h"

#include <algorithm>
#include <map>

#include "search/exec/boolean_weight.h"
#include "search/exec/term_weight.h"
#include "search/query/field_weights.h"
#include "search/query/match_weights.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

struct GroupField {
  const index::MappedField* field = nullptr;
  float boost = 1;
};

/// One term over the fields of a group.
WeightPtr blended_term(const BindContext& context, const std::vector<GroupField>& group, const std::string& term, float tie_breaker,
                       float boost) {
  struct Part {
    const GroupField* field;
    TermStatistics term;
    FieldStatistics sums;
  };
  std::vector<Part> parts;
  int64_t max_doc_freq = 0;
  int64_t num_docs = context.snapshot.num_docs() + context.snapshot.num_deleted_docs();
  for (const GroupField& field : group) {
    Part part{&field, term_statistics(context.snapshot, field.field->name, term),
              field_statistics(context.snapshot, field.field->name)};
    max_doc_freq = std::max(max_doc_freq, part.term.doc_freq);
    if (part.term.doc_freq > 0) num_docs = std::min(num_docs, part.sums.sum_total_term_freq);
    parts.push_back(std::move(part));
  }
  if (max_doc_freq == 0) return nullptr;
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.term.doc_freq > b.term.doc_freq; });
  std::vector<WeightPtr> weights;
  int64_t doc_freq = std::min(num_docs, max_doc_freq);
  int64_t previous = parts.front().term.doc_freq;
  for (Part& part : parts) {
    if (part.term.doc_freq == 0) break;
    if (previous > part.term.doc_freq) ++doc_freq;  // ties are broken by the field's own frequency
    previous = part.term.doc_freq;
    const index::MappedField& field = *part.field->field;
    const int64_t blended = std::max<int64_t>(1, std::min(num_docs, doc_freq));
    const float field_boost = boost * part.field->boost;
    weights.push_back(scored_as(
        field, std::make_unique<TermWeight>(field, term, std::move(part.term), blended, part.sums, field_boost), field_boost));
  }
  if (weights.size() == 1) return std::move(weights.front());
  return std::make_unique<DisMaxWeight>(std::move(weights), tie_breaker);
}

base::Result<WeightPtr> group_weight(const BindContext& context, const std::vector<GroupField>& group, std::string_view text,
                                     const MatchOptions& options, float tie_breaker, ScoreMode mode, float boost) {
  ASSIGN_OR_RETURN(const std::vector<AnalysedTerm> terms,
                   analyse_query(context, *group.front().field, text, options.analyzer, MatchKind::kBoolean));
  BooleanWeight::Clauses clauses;
  for (const AnalysedTerm& term : terms) {
    WeightPtr weight = blended_term(context, group, term.text, tie_breaker, boost);
    if (weight == nullptr) weight = std::make_unique<MatchNoneWeight>();
    (options.operator_and ? clauses.must : clauses.should).push_back(std::move(weight));
  }
  if (clauses.must.empty() && clauses.should.empty()) return std::make_unique<MatchNoneWeight>();
  const auto num_should = static_cast<int32_t>(clauses.should.size());
  if (!options.minimum_should_match.empty() && num_should > 1) {
    ASSIGN_OR_RETURN(clauses.min_should_match, minimum_should_match(num_should, options.minimum_should_match));
    if (clauses.min_should_match > num_should) return std::make_unique<MatchNoneWeight>();
  }
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

}  // namespace

base::Result<WeightPtr> cross_fields_weight(const BindContext& context, const std::vector<BoostedField>& fields,
                                            base::JsonValue text, const MatchOptions& options, float tie_breaker, ScoreMode mode,
                                            float boost) {
  std::map<const index::Analyzer*, std::vector<GroupField>> groups;
  std::vector<WeightPtr> weights;
  for (const BoostedField& field : fields) {
    const index::MappedField* const mapped = context.mapping().find(field.name);
    if (mapped != nullptr && holds_terms(*mapped) && mapped->index) {
      groups[mapped->search_analyzer.get()].push_back({mapped, field.boost});
      continue;
    }
    MatchOptions own = options;
    own.lenient = own.lenient || field.from_pattern;
    ASSIGN_OR_RETURN(WeightPtr weight,
                     match_weight(context, field.name, text, own, MatchKind::kBoolean, mode, boost * field.boost));
    weights.push_back(std::move(weight));
  }
  for (const auto& [analyzer, group] : groups) {
    ASSIGN_OR_RETURN(WeightPtr weight, group_weight(context, group, scalar_text(text), options, tie_breaker, mode, boost));
    weights.push_back(std::move(weight));
  }
  if (weights.empty()) return std::make_unique<MatchNoneWeight>();
  if (weights.size() == 1) return std::move(weights.front());
  return std::make_unique<DisMaxWeight>(std::move(weights), tie_breaker);
}

}  // namespace selene::search
