#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregation_parser.h"
#include "search/query/regexp_automaton.h"

namespace selene::search {

/// `include` and `exclude` of terms: lists of values, regular expressions in Lucene's syntax, or one of several equal parts
/// (`partition`). Copies share their expressions. One thread.
class TermSelection {
 public:
  /// Errors: kXContentParse, kIllegalArgument.
  base::Status read(const AggregationParser& parser, base::JsonMember member);
  /// Whether what was read goes together. Errors: kIllegalArgument.
  base::Status check() const;
  /// Errors: kIllegalArgument if values were given that are no numbers.
  base::Status check_numeric(std::string_view aggregation) const;
  bool takes_text(std::string_view text) const;
  bool takes_number(double number) const;

 private:
  template <class Set, class Value>
  static bool takes(const std::optional<Set>& include, const Set& exclude, const Value& value) {
    return (!include || include->contains(value)) && !exclude.contains(value);
  }
  bool in_partition(uint64_t hash) const;
  bool fits_patterns(std::string_view text) const;

  std::optional<std::set<std::string, std::less<>>> include_;
  std::set<std::string, std::less<>> exclude_;
  std::optional<std::set<double>> include_numbers_;
  std::set<double> exclude_numbers_;
  std::shared_ptr<RegexpAutomaton> include_pattern_;
  std::shared_ptr<RegexpAutomaton> exclude_pattern_;
  bool only_numbers_ = true;  ///< all that was given reads as numbers
  int64_t partition_ = 0;
  int64_t num_partitions_ = 0;  ///< 0: no parts
};

}  // namespace selene::search
