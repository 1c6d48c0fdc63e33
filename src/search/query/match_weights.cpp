#include "search/query/match_weights.h"

#include <algorithm>

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/field_weights.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"
#include "search/query/pattern.h"
#include "search/query/phrase_weights.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct Clause {
  AnalysedTerm term;
  float boost = 1;
};

/// The same term twice is one clause of twice the weight, as long as clauses need not be counted (Lucene's rewrite).
std::vector<Clause> merged_clauses(const std::vector<AnalysedTerm>& terms) {
  std::vector<Clause> clauses;
  for (const AnalysedTerm& term : terms) {
    const auto same = std::find_if(clauses.begin(), clauses.end(), [&](const Clause& c) { return c.term.text == term.text; });
    if (same != clauses.end()) {
      same->boost += 1;
    } else {
      clauses.push_back({term, 1});
    }
  }
  return clauses;
}

WeightPtr clause_weight(const BindContext& context, const index::MappedField& field, const std::string& term,
                        const MatchOptions& options, ScoreMode mode, float boost) {
  if (!options.fuzziness) return text_term_weight(context, field, term, boost);
  const FuzzyOptions fuzzy{*options.fuzziness, options.prefix_length, options.max_expansions, options.fuzzy_transpositions};
  return fuzzy_weight(context, field, term, fuzzy, mode, boost);
}

Result<WeightPtr> boolean_match(const BindContext& context, const index::MappedField& field, std::vector<AnalysedTerm> terms,
                                const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost) {
  BooleanWeight::Clauses clauses;
  const auto num_terms = static_cast<int32_t>(terms.size());
  if (!options.operator_and && !options.minimum_should_match.empty() && num_terms > 1) {
    ASSIGN_OR_RETURN(clauses.min_should_match, minimum_should_match(num_terms, options.minimum_should_match));
    if (clauses.min_should_match > num_terms) return std::make_unique<MatchNoneWeight>();
  }
  std::vector<WeightPtr>& into = options.operator_and ? clauses.must : clauses.should;
  std::optional<AnalysedTerm> prefix;
  if (kind == MatchKind::kBoolPrefix) {
    prefix = std::move(terms.back());
    terms.pop_back();
  }
  if (clauses.min_should_match > 1) {
    for (const AnalysedTerm& term : terms) into.push_back(clause_weight(context, field, term.text, options, mode, boost));
  } else {
    for (const Clause& clause : merged_clauses(terms)) {
      into.push_back(clause_weight(context, field, clause.term.text, options, mode, boost * clause.boost));
    }
  }
  if (prefix) into.push_back(pattern_weight(context, field, TermPattern::prefix(prefix->text, CaseMatching::kSensitive), boost));
  if (into.size() == 1) return std::move(into.front());
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

Result<WeightPtr> text_match(const BindContext& context, const index::MappedField& field, std::string_view text,
                             const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost) {
  ASSIGN_OR_RETURN(std::vector<AnalysedTerm> terms, analyse_query(context, field, text, options.analyzer, kind));
  if (terms.empty()) {
    if (options.zero_terms_all) return std::make_unique<MatchAllWeight>(boost);
    return std::make_unique<MatchNoneWeight>();
  }
  if (kind == MatchKind::kPhrase) return phrase_weight(context, field, std::move(terms), options.slop, boost);
  if (kind == MatchKind::kPhrasePrefix) {
    return phrase_prefix_weight(context, field, std::move(terms), options.slop, options.max_expansions, mode, boost);
  }
  return boolean_match(context, field, std::move(terms), options, kind, mode, boost);
}

/// A keyword field takes the text as one term, or as one for each word if it was mapped so.
std::vector<AnalysedTerm> keyword_terms(const index::MappedField& field, std::string_view text) {
  if (!field.split_queries_on_whitespace) return {{normalized_term(field, text), 0}};
  std::vector<AnalysedTerm> terms;
  constexpr std::string_view kBlanks = " \t\n\r";
  for (size_t begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;
       begin = text.find_first_not_of(kBlanks, begin)) {
    const size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    terms.push_back({normalized_term(field, text.substr(begin, end - begin)), static_cast<int32_t>(terms.size())});
    begin = end;
  }
  return terms;
}

}  // namespace

Result<std::vector<AnalysedTerm>> analyse_query(const BindContext& context, const index::MappedField& field, std::string_view text,
                                                std::string_view analyzer_name, MatchKind kind) {
  const bool quoted = kind == MatchKind::kPhrase || kind == MatchKind::kPhrasePrefix;
  std::shared_ptr<const index::Analyzer> analyzer = quoted ? field.search_quote_analyzer : field.search_analyzer;
  if (analyzer == nullptr) analyzer = field.search_analyzer;
  if (!analyzer_name.empty()) {
    analyzer = context.mapping().analyzers()->find(analyzer_name);
    if (analyzer == nullptr) return Error(ErrorCode::kQueryShard, "[match] analyzer [{}] not found", analyzer_name);
  }
  if (analyzer == nullptr) return keyword_terms(field, text);
  index::TokenBuffer tokens;
  analyzer->analyze(text, tokens);
  std::vector<AnalysedTerm> terms;
  terms.reserve(tokens.tokens().size());
  for (const auto& token : tokens.tokens()) {
    terms.push_back({std::string(tokens.term(token)), static_cast<int32_t>(token.position)});
  }
  return terms;
}

Result<WeightPtr> match_weight(const BindContext& context, std::string_view field_name, base::JsonValue text,
                               const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost) {
  const index::MappedField* const field = context.mapping().find(field_name);
  if (field != nullptr && holds_terms(*field)) {
    RETURN_IF_ERROR(check_searchable(*field));
    return text_match(context, *field, scalar_text(text), options, kind, mode, boost);
  }
  if (field != nullptr && kind == MatchKind::kPhrasePrefix) {
    if (options.lenient) return std::make_unique<MatchNoneWeight>();
    return Error(ErrorCode::kIllegalArgument,
                 "Can only use phrase prefix queries on text fields - not on [{}] which is of type [{}]", field_name,
                 index::field_type_name(field->type));
  }
  Result<WeightPtr> weight = exact_weight(context, field_name, text, boost);
  if (!weight.has_value() && options.lenient) return std::make_unique<MatchNoneWeight>();
  return weight;
}

}  // namespace selene::search
