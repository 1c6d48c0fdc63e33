#include "search/aggregations/term_selection.h"

#include <bit>

#include "search/aggregations/distinct_counter.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

base::Status TermSelection::read(const AggregationParser& parser, base::JsonMember member) {
  const bool including = member.key == "include";
  if (member.value.is_object() && including) {
    for (const auto [key, value] : member.value.as_object()) {
      if (key != "partition" && key != "num_partitions") return parser.unknown_field({key, value});
      ASSIGN_OR_RETURN((key == "partition" ? partition_ : num_partitions_), read_long(value, key));
    }
    if (num_partitions_ < 1 || partition_ < 0 || partition_ >= num_partitions_)
      return parser.failed_field(member, "[partition] must be at least 0 and below [num_partitions]");
    return {};
  }
  if (member.value.is_string()) {
    Result<std::unique_ptr<RegexpAutomaton>> pattern = RegexpAutomaton::compile(member.value.as_string(), {});
    if (!pattern.has_value()) return std::move(pattern).error();
    (including ? include_pattern_ : exclude_pattern_) = *std::move(pattern);
    only_numbers_ = false;
    return {};
  }
  if (!member.value.is_array()) {
    return parser.failed_field(member, "[" + std::string(member.key) + "] must be an array of values or a regular expression");
  }
  if (including) {
    include_.emplace();
    include_numbers_.emplace();
  }
  for (const base::JsonValue value : member.value.as_array()) {
    if (value.is_object() || value.is_array())
      return parser.failed_field(member, "Array elements in include/exclude clauses should be string values");
    (including ? *include_ : exclude_).insert(scalar_text(value));
    const auto number = read_double(value, member.key);
    only_numbers_ = only_numbers_ && number.has_value();
    if (number.has_value()) (including ? *include_numbers_ : exclude_numbers_).insert(*number);
  }
  return {};
}

base::Status TermSelection::check() const {
  const bool has_excludes = exclude_pattern_ != nullptr || !exclude_.empty();
  if (num_partitions_ > 0 && has_excludes)
    return Error(ErrorCode::kIllegalArgument, "Cannot specify any excludes when using a partition-based include");
  if (include_ && exclude_pattern_ != nullptr)
    return Error(ErrorCode::kIllegalArgument, "Cannot mix a set-based include with a regex-based method");
  if (include_pattern_ != nullptr && !exclude_.empty())
    return Error(ErrorCode::kIllegalArgument, "Cannot mix a regex-based include with a set-based method");
  return {};
}

bool TermSelection::fits_patterns(std::string_view text) const {
  if (include_pattern_ != nullptr && !include_pattern_->matches(text)) return false;
  return exclude_pattern_ == nullptr || !exclude_pattern_->matches(text);
}

base::Status TermSelection::check_numeric(std::string_view aggregation) const {
  if (only_numbers_) return {};
  return Error(ErrorCode::kIllegalArgument,
               "Aggregation [{}] cannot support regular expression style include/exclude settings as they can only be applied to "
               "string fields. Use an array of numeric values for include/exclude clauses used to filter numeric fields",
               aggregation);
}

bool TermSelection::in_partition(uint64_t hash) const {
  return num_partitions_ == 0 || hash % static_cast<uint64_t>(num_partitions_) == static_cast<uint64_t>(partition_);
}

bool TermSelection::takes_text(std::string_view text) const {
  return takes(include_, exclude_, text) && fits_patterns(text) && (num_partitions_ == 0 || in_partition(hash_text(text)));
}

bool TermSelection::takes_number(double number) const {
  return takes(include_numbers_, exclude_numbers_, number) && in_partition(mix_bits(std::bit_cast<uint64_t>(number)));
}

}  // namespace selene::search
