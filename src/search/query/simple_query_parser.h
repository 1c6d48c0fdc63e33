#pragma once

#include <string_view>

#include "base/result.h"
#include "search/query/query_string_options.h"

namespace selene::search {

/// Operators of simple_query_string that are in force.
struct SimpleQueryFlags {
  bool and_operator = true;
  bool or_operator = true;
  bool not_operator = true;
  bool prefix = true;
  bool phrase = true;
  bool precedence = true;
  bool escape = true;
  bool whitespace = true;
  bool fuzzy = true;
  bool near = true;
  /// "ALL", "NONE" or names joined by '|'. Errors: kIllegalArgument.
  static base::Result<SimpleQueryFlags> parse(std::string_view text);
};

/// Reads the syntax of simple_query_string: + | - "phrase"~2 prefix* (groups) fuzzy~1. Never fails on syntax: what makes no sense
/// is passed over. Null where nothing is left. Source: Lucene's SimpleQueryParser.
base::Result<WeightPtr> parse_simple_query(std::string_view text, const SimpleQueryFlags& flags, const QueryStringLeaves& leaves,
                                           const QueryStringOptions& options, ScoreMode mode, float boost);

}  // namespace selene::search
