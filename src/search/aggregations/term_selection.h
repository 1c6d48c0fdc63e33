#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregation_parser.h"

namespace selene::search {

/// `include` and `exclude` of terms: lists of values, or one of several equal parts (`partition`). A plain value.
class TermSelection {
 public:
  /// Errors: kXContentParse, kIllegalArgument.
  base::Status read(const AggregationParser& parser, base::JsonMember member);
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

  std::optional<std::set<std::string, std::less<>>> include_;
  std::set<std::string, std::less<>> exclude_;
  std::optional<std::set<double>> include_numbers_;
  std::set<double> exclude_numbers_;
  bool only_numbers_ = true;  ///< all that was given reads as numbers
  int64_t partition_ = 0;
  int64_t num_partitions_ = 0;  ///< 0: no parts
};

}  // namespace selene::search
