#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"
#include "search/query/query.h"

namespace selene::search {

/// Inclusive bounds in the encoding of NumericDocValues; low > high: nothing.
struct EncodedRange {
  int64_t low = 0;
  int64_t high = -1;
};

/// The one encoded value that equals `value` in a numeric, boolean or date field; empty if no stored value can equal it (1.5 in a
/// long, 300 in a byte). A date text gives the range of its missing parts. Errors: kNumberFormat, kIllegalArgument, kParse.
base::Result<std::optional<EncodedRange>> encode_term(const index::MappedField& field, base::JsonValue value, int64_t now_ms);

/// A bound of a range query over a numeric, boolean or date field.
struct RangeBound {
  base::JsonValue value;  ///< missing or null: open
  bool inclusive = true;
};
/// `format`, `time_zone`: of the query, for dates; empty: the field's, UTC.
base::Result<EncodedRange> encode_range(const index::MappedField& field, const RangeBound& lower, const RangeBound& upper,
                                        std::string_view format, std::string_view time_zone, int64_t now_ms);

/// "true", "false", "" as Elasticsearch's boolean fields read them. Errors: kIllegalArgument.
base::Result<bool> parse_boolean_term(base::JsonValue value);

}  // namespace selene::search
