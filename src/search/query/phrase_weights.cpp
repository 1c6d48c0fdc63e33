#include "search/query/phrase_weights.h"

#include <set>

#include "search/exec/boolean_weight.h"
#include "search/exec/phrase_weight.h"
#include "search/exec/synonym_weight.h"
#include "search/query/field_weights.h"

namespace selene::search {
namespace {

base::Status check_positions(const index::MappedField& field) {
  if (field.type == index::FieldType::kText && field.positions) return {};
  return base::Error(base::ErrorCode::kIllegalArgument, "field:[{}] was indexed without position data; cannot run PhraseQuery",
                     field.name);
}

/// Slots of the terms; those at one position share a slot.
std::vector<PhraseWeight::Slot> slots_of(std::vector<AnalysedTerm> terms) {
  std::vector<PhraseWeight::Slot> slots;
  const int32_t first = terms.front().position;
  for (AnalysedTerm& term : terms) {
    const int32_t position = term.position - first;
    if (slots.empty() || slots.back().position != position) slots.push_back({position, {}});
    slots.back().terms.push_back(std::move(term.text));
  }
  return slots;
}

/// Terms of the index that start with `prefix`, in byte order.
std::vector<std::string> expand_prefix(const BindContext& context, const std::string& field, const std::string& prefix,
                                       int32_t max_expansions) {
  std::set<std::string> found;
  const auto limit = static_cast<size_t>(max_expansions);
  for (const index::SegmentView& segment : context.snapshot.segments()) {
    const index::FieldTerms* const terms = segment.reader->terms(field);
    if (terms == nullptr) continue;
    const auto cursor = terms->terms();
    cursor->seek(prefix);
    for (size_t i = 0; i < limit && cursor->valid() && cursor->term().starts_with(prefix); ++i, cursor->next())
      found.emplace(cursor->term());
  }
  std::vector<std::string> expanded(found.begin(), found.end());
  if (expanded.size() > limit) expanded.resize(limit);
  return expanded;
}

}  // namespace

base::Result<WeightPtr> phrase_weight(const BindContext& context, const index::MappedField& field, std::vector<AnalysedTerm> terms,
                                      int32_t slop, float boost) {
  if (terms.size() == 1) return text_term_weight(context, field, terms.front().text, boost);
  RETURN_IF_ERROR(check_positions(field));
  std::vector<PhraseWeight::Slot> slots = slots_of(std::move(terms));
  if (slots.size() == 1) {
    return scored_as(field, std::make_unique<SynonymWeight>(context.snapshot, field, std::move(slots.front().terms), boost), boost);
  }
  return scored_as(field, std::make_unique<PhraseWeight>(context.snapshot, field, std::move(slots), slop, boost), boost);
}

base::Result<WeightPtr> phrase_prefix_weight(const BindContext& context, const index::MappedField& field,
                                             std::vector<AnalysedTerm> terms, int32_t slop, int32_t max_expansions, ScoreMode mode,
                                             float boost) {
  std::vector<std::string> expanded = expand_prefix(context, field.name, terms.back().text, max_expansions);
  if (expanded.empty()) return std::make_unique<MatchNoneWeight>();
  if (terms.size() == 1) {
    std::vector<WeightPtr> weights;
    for (const std::string& term : expanded) weights.push_back(text_term_weight(context, field, term, boost));
    return make_disjunction(std::move(weights), mode);
  }
  RETURN_IF_ERROR(check_positions(field));
  std::vector<PhraseWeight::Slot> slots = slots_of(std::move(terms));
  slots.back().terms.pop_back();
  slots.back().terms.insert(slots.back().terms.end(), expanded.begin(), expanded.end());
  return scored_as(field, std::make_unique<PhraseWeight>(context.snapshot, field, std::move(slots), slop, boost), boost);
}

}  // namespace selene::search
