#pragma once

#include "search/query/query.h"
#include "search/query/query_string_options.h"
#include "search/query/simple_query_parser.h"

namespace selene::search {

/// A text in Lucene's query syntax: {"query_string": {"query", "default_field" | "fields", "default_operator", ...}}.
class QueryStringQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  /// For the parameters q, df, default_operator, analyzer, lenient of searches. The views must outlive the query.
  static QueryPtr make(std::string_view text, QueryStringOptions options);

 private:
  base::Status read_key(const QueryParser& parser, base::JsonMember member);

  std::string text_;
  QueryStringOptions options_;
  bool has_text_ = false;
};

/// A text in a syntax that never fails: {"simple_query_string": {"query", "fields", "flags", ...}}.
class SimpleQueryStringQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string text_;
  QueryStringOptions options_;
  SimpleQueryFlags flags_;
};

}  // namespace selene::search
