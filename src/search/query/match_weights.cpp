#include "search/query/match_weights.h"

#include <algorithm>

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/synonym_weight.h"
#include "search/query/field_weights.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"
#include "search/query/pattern.h"
#include "search/query/phrase_weights.h"
#include "search/query/semantic_query.h"
#include "search/query/token_graph.h"

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

/// Terms of one position are synonyms of one another.
std::vector<std::vector<AnalysedTerm>> by_position(std::vector<AnalysedTerm> terms) {
  std::vector<std::vector<AnalysedTerm>> positions;
  for (AnalysedTerm& term : terms) {
    if (positions.empty() || positions.back().front().position != term.position) positions.emplace_back();
    positions.back().push_back(std::move(term));
  }
  return positions;
}

WeightPtr synonym_weight(const BindContext& context, const index::MappedField& field, const std::vector<AnalysedTerm>& terms,
                         float boost) {
  std::vector<std::string> texts;
  for (const AnalysedTerm& term : terms) texts.push_back(term.text);
  return scored_as(field, std::make_unique<SynonymWeight>(context.snapshot, field, std::move(texts), boost), boost);
}

/// One clause for each stretch of the graph: synonyms, or alternatives of several words, each a phrase (or all of its words).
Result<std::vector<WeightPtr>> graph_clauses(const BindContext& context, const index::MappedField& field,
                                             const std::vector<AnalysedTerm>& terms, const MatchOptions& options, ScoreMode mode,
                                             float boost) {
  ASSIGN_OR_RETURN(const std::vector<GraphSegment> segments, graph_segments(terms));
  std::vector<WeightPtr> clauses;
  for (const GraphSegment& segment : segments) {
    if (segment.single_terms()) {
      std::vector<AnalysedTerm> same;
      for (const auto& path : segment.paths) same.push_back(path.front());
      clauses.push_back(same.size() == 1 ? clause_weight(context, field, same.front().text, options, mode, boost)
                                         : synonym_weight(context, field, same, boost));
      continue;
    }
    std::vector<WeightPtr> alternatives;
    for (const auto& path : segment.paths) {
      if (path.size() == 1) {
        alternatives.push_back(clause_weight(context, field, path.front().text, options, mode, boost));
      } else if (options.synonym_phrases && field.positions) {
        std::vector<AnalysedTerm> in_order = path;
        for (size_t i = 0; i < in_order.size(); ++i) in_order[i].position = static_cast<int32_t>(i);
        ASSIGN_OR_RETURN(WeightPtr phrase, phrase_weight(context, field, std::move(in_order), 0, boost));
        alternatives.push_back(std::move(phrase));
      } else {
        BooleanWeight::Clauses all;
        for (const AnalysedTerm& term : path) all.must.push_back(clause_weight(context, field, term.text, options, mode, boost));
        alternatives.push_back(std::make_unique<BooleanWeight>(std::move(all), mode));
      }
    }
    clauses.push_back(make_disjunction(std::move(alternatives), mode));
  }
  return clauses;
}

Result<WeightPtr> boolean_match(const BindContext& context, const index::MappedField& field, std::vector<AnalysedTerm> terms,
                                const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost) {
  BooleanWeight::Clauses clauses;
  std::vector<WeightPtr>& into = options.operator_and ? clauses.must : clauses.should;
  std::optional<AnalysedTerm> prefix;
  if (kind == MatchKind::kBoolPrefix && !terms.back().hole_behind) {
    prefix = std::move(terms.back());
    terms.pop_back();
  }
  const bool graph = is_graph(terms);
  std::vector<std::vector<AnalysedTerm>> positions;
  std::vector<WeightPtr> of_graph;
  if (graph) {
    ASSIGN_OR_RETURN(of_graph, graph_clauses(context, field, terms, options, mode, boost));
  } else {
    positions = by_position(std::move(terms));
  }
  const auto num_clauses = static_cast<int32_t>((graph ? of_graph.size() : positions.size()) + (prefix ? 1 : 0));
  if (!options.operator_and && !options.minimum_should_match.empty() && num_clauses > 1) {
    ASSIGN_OR_RETURN(clauses.min_should_match, minimum_should_match(num_clauses, options.minimum_should_match));
    if (clauses.min_should_match > num_clauses) return std::make_unique<MatchNoneWeight>();
  }
  for (WeightPtr& weight : of_graph) into.push_back(std::move(weight));
  std::vector<AnalysedTerm> single;
  for (const auto& position : positions) {
    if (position.size() > 1)
      into.push_back(synonym_weight(context, field, position, boost));
    else if (clauses.min_should_match > 1)
      into.push_back(clause_weight(context, field, position.front().text, options, mode, boost));
    else
      single.push_back(position.front());
  }
  for (const Clause& clause : merged_clauses(single)) {
    into.push_back(clause_weight(context, field, clause.term.text, options, mode, boost * clause.boost));
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
  if (kind == MatchKind::kPhrase && is_graph(terms)) {
    ASSIGN_OR_RETURN(auto paths, graph_paths(terms));
    std::vector<WeightPtr> phrases;
    for (auto& path : paths) {
      for (size_t i = 0; i < path.size(); ++i) path[i].position = static_cast<int32_t>(i);
      ASSIGN_OR_RETURN(WeightPtr phrase, phrase_weight(context, field, std::move(path), options.slop, boost));
      phrases.push_back(std::move(phrase));
    }
    return make_disjunction(std::move(phrases), mode);
  }
  if (kind == MatchKind::kPhrase) return phrase_weight(context, field, std::move(terms), options.slop, boost);
  if (kind == MatchKind::kPhrasePrefix) {
    return phrase_prefix_weight(context, field, std::move(terms), options.slop, options.max_expansions, mode, boost);
  }
  return boolean_match(context, field, std::move(terms), options, kind, mode, boost);
}

std::string_view query_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::kBoolean: return "match";
    case MatchKind::kPhrase: return "match_phrase";
    case MatchKind::kPhrasePrefix: return "match_phrase_prefix";
    case MatchKind::kBoolPrefix: return "match_bool_prefix";
  }
  return "match";
}

/// A keyword field takes the text as one term, or as one for each word if it was mapped so.
std::vector<AnalysedTerm> keyword_terms(const index::MappedField& field, std::string_view text) {
  if (!field.split_queries_on_whitespace) return {{normalized_term(field, text), 0, 1, false}};
  std::vector<AnalysedTerm> terms;
  constexpr std::string_view kBlanks = " \t\n\r";
  for (size_t begin = text.find_first_not_of(kBlanks); begin != std::string_view::npos;
       begin = text.find_first_not_of(kBlanks, begin)) {
    const size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    terms.push_back({normalized_term(field, text.substr(begin, end - begin)), static_cast<int32_t>(terms.size()), 1, false});
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
    terms.push_back({std::string(tokens.term(token)), static_cast<int32_t>(token.position), token.position_length, false});
  }
  if (!terms.empty() && terms.back().position_length == 1)
    terms.back().hole_behind = static_cast<int32_t>(tokens.num_positions()) > terms.back().position + 1;
  return terms;
}

Result<WeightPtr> match_weight(const BindContext& context, std::string_view field_name, base::JsonValue text,
                               const MatchOptions& options, MatchKind kind, ScoreMode mode, float boost) {
  const index::MappedField* const field = context.mapping().find(field_name);
  if (field != nullptr && kind == MatchKind::kPhrasePrefix && field->type != index::FieldType::kText &&
      field->type != index::FieldType::kSemanticText) {
    if (options.lenient) return std::make_unique<MatchNoneWeight>();
    return Error(ErrorCode::kIllegalArgument,
                 "Can only use phrase prefix queries on text fields - not on [{}] which is of type [{}]", field_name,
                 field->type_name);
  }
  if (field != nullptr && holds_terms(*field)) {
    RETURN_IF_ERROR(check_searchable(*field));
    return text_match(context, *field, scalar_text(text), options, kind, mode, boost);
  }
  if (field != nullptr && field->type == index::FieldType::kSemanticText) {
    if (kind == MatchKind::kBoolean) return semantic_weight(context, *field, scalar_text(text), mode, boost);
    return Error(ErrorCode::kIllegalArgument, "Can only use phrase queries on text fields - not on [{}] which is of type [{}]",
                 field_name, field->type_name);
  }
  if (field != nullptr && field->type == index::FieldType::kDenseVector && !options.lenient) {
    return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [dense_vector] does not support {} queries", field->name,
                 query_name(kind));
  }
  Result<WeightPtr> weight = exact_weight(context, field_name, text, boost);
  if (!weight.has_value() && options.lenient) return std::make_unique<MatchNoneWeight>();
  return weight;
}

}  // namespace selene::search
