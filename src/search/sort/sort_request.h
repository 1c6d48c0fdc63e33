#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::search {

struct NestedSort;  // nested_sort.h
class Script;       // script/script.h

enum class SortMode : uint8_t { kDefault, kMin, kMax, kSum, kAvg, kMedian };

/// One key of `sort`, as asked for.
struct SortField {
  std::string field;  ///< "_score", "_doc" or a field
  bool descending = false;
  SortMode mode = SortMode::kDefault;  ///< ascending: min, descending: max
  enum class Missing : uint8_t { kLast, kFirst, kValue } missing = Missing::kLast;
  base::JsonValue missing_value;  ///< for kValue; valid as long as the request
  std::string unmapped_type;      ///< empty: an unmapped field is an error
  std::string format;             ///< of dates in the answer; empty: numbers
  std::string numeric_type;  ///< "long", "double", "date", "date_nanos": as what numbers are compared and shown; empty: as they are
  std::shared_ptr<const NestedSort> nested;  ///< null: the values of the document itself
  std::shared_ptr<const Script> script;      ///< of `_script`; null: a field
  enum class ScriptType : uint8_t { kUnsaid, kNumber, kText } script_type = ScriptType::kUnsaid;
  bool is_score() const { return field == "_score"; }
  bool is_doc() const { return field == "_doc"; }
  bool is_shard_doc() const { return field == "_shard_doc"; }
  /// The order of documents over all indices of a request: the last key of a search in a point in time.
  static SortField shard_doc() {
    SortField sort;
    sort.field = "_shard_doc";
    return sort;
  }
};

/// `"f"`, `{"f":"desc"}`, `{"f":{"order":...}}` or a list of these. Errors: kIllegalArgument, kParsing, kXContentParse.
base::Result<std::vector<SortField>> parse_sort(const base::JsonDocument* document, base::JsonValue value);
/// The URL's `f:desc,g`.
base::Result<std::vector<SortField>> parse_sort_parameter(std::string_view text);
/// Whether it is the order by score alone, which a search has without any sort.
bool is_score_order(const std::vector<SortField>& sort);

}  // namespace selene::search
