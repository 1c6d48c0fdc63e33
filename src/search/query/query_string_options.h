#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/query/field_patterns.h"
#include "search/query/match_options.h"
#include "search/query/multi_match_query.h"
#include "search/query/query.h"

namespace selene::search {

/// What query_string and simple_query_string share.
struct QueryStringOptions {
  std::vector<std::string> fields;  ///< as given, with ^boost; empty: index.query.default_field
  bool operator_and = false;
  std::string_view analyzer;
  std::string_view quote_analyzer;
  std::string_view quote_field_suffix;
  std::string minimum_should_match;
  MultiMatchType type = MultiMatchType::kBestFields;
  float tie_breaker = -1;
  FuzzyOptions fuzzy;
  int32_t phrase_slop = 0;
  bool lenient = false;
  bool has_lenient = false;  ///< `lenient` was given
  bool analyze_wildcard = false;
  bool allow_leading_wildcard = true;
  std::string_view time_zone;
};

/// Turns the leaves of a query text into weights: each for one set of fields. Bound to one snapshot, for one query.
class QueryStringLeaves {
 public:
  QueryStringLeaves(const BindContext& context, const QueryStringOptions& options, ScoreMode mode)
      : context_(context), options_(options), mode_(mode) {}
  /// The fields a leaf is for: those of a name (wildcards allowed), or the default ones if it is empty.
  base::Result<std::vector<BoostedField>> fields_of(std::string_view name) const;

  /// Null where analysis leaves nothing, so that the clause does not count.
  base::Result<WeightPtr> text(const std::vector<BoostedField>& fields, const std::string& text, float boost) const;
  /// The same as clauses of their own where a text field alone is searched: they count one by one for minimum_should_match.
  base::Result<std::vector<WeightPtr>> texts(const std::vector<BoostedField>& fields, const std::string& text, float boost) const;
  base::Result<WeightPtr> phrase(const std::vector<BoostedField>& fields, const std::string& text, int32_t slop, float boost) const;
  base::Result<WeightPtr> fuzzy(const std::vector<BoostedField>& fields, const std::string& term, const FuzzyOptions& fuzzy,
                                float boost) const;
  base::Result<WeightPtr> prefix(const std::vector<BoostedField>& fields, const std::string& prefix, float boost) const;
  base::Result<WeightPtr> wildcard(const std::vector<BoostedField>& fields, const std::string& pattern, float boost) const;
  base::Result<WeightPtr> regexp(const std::vector<BoostedField>& fields, const std::string& pattern, float boost) const;
  struct Range {
    std::optional<std::string> low;
    std::optional<std::string> high;
    bool low_inclusive = true;
    bool high_inclusive = true;
  };
  base::Result<WeightPtr> range(const std::vector<BoostedField>& fields, const Range& range, float boost) const;
  base::Result<WeightPtr> exists(std::string_view field, float boost) const;

 private:
  template <class Make>
  base::Result<WeightPtr> best_of(const std::vector<BoostedField>& fields, float boost, Make&& make) const;
  bool has_terms(const std::vector<BoostedField>& fields, const std::string& text, MatchKind kind) const;
  MatchOptions match_options() const;

  const BindContext& context_;
  const QueryStringOptions& options_;
  ScoreMode mode_;
};

/// A text as a JSON value, for what takes those. The value lives as long as this.
class TextValue {
 public:
  explicit TextValue(std::string_view text);
  base::JsonValue value() const { return json_.root(); }

 private:
  base::JsonDocument json_;
};

/// Reads one key that both query types know. True if it was one.
base::Result<bool> read_query_string_option(const QueryParser& parser, std::string_view query, base::JsonMember member,
                                            QueryStringOptions& options);

/// A term through the parts of the field's analyzer that work character by character (lower case, folding): for patterns.
std::string normalized_pattern(const index::MappedField& field, std::string_view pattern);

}  // namespace selene::search
