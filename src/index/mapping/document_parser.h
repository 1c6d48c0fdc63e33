#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"

namespace selene::index {

/// One value of one field, ready for the in-memory buffer.
struct FieldValue {
  const MappedField* field = nullptr;  ///< owned by ParsedDocument::mapping
  /// text: the raw value (the buffer analyses it); keyword: the value after ignore_above and normalizer; UTF-8, valid as
  /// long as the ParsedDocument and the JsonDocument it came from. dense_vector: the bytes of the vector (vector_options.h).
  std::string_view text;
  /// Numbers, booleans (0/1), dates (ms since the epoch; ns for date_nanos), in the order-preserving int64 encoding of
  /// `encode_sortable`. The frequency that stands for the weight of a feature. geo_point: see geo_encoding.h.
  int64_t number = 0;
};

/// A nested object: indexed as a hidden document in front of the one it belongs to.
struct NestedDocument {
  std::string_view path;  ///< of the nested mapping, owned by it
  std::vector<FieldValue> values;
};

struct ParsedDocument {
  std::shared_ptr<const Mapping> mapping;  ///< the one parsed against
  std::vector<FieldValue> values;          ///< in document order; an array gives one entry an element
  std::vector<NestedDocument> nested;      ///< those inside before those around them (Lucene's block order)
  std::vector<std::string> ignored;        ///< fields dropped by ignore_above / ignore_malformed (`_ignored`), sorted, unique
  /// What dynamic mapping wants to add: JSON for Mapping::merge; empty if nothing is new. The document must be parsed
  /// again with the merged mapping before it is indexed.
  std::string dynamic_update;
  /// Backing bytes of `values` that are not in the source document.
  std::vector<std::unique_ptr<std::string>> owned;
};

/// double and float types keep their order as int64 (Lucene's NumericUtils.doubleToSortableLong); integers are themselves;
/// unsigned_long is shifted by 2^63; scaled_float is round(value * scaling_factor).
int64_t encode_sortable(double value);
double decode_sortable(int64_t encoded);
/// The value a search answer shows for a field's encoded number (dates as ms).
double decode_number(const MappedField& field, int64_t encoded);

/// Turns `source` into field values. Errors, with Elasticsearch's words and [line:col]: kDocumentParsing (caused by
/// kNumberFormat, kIllegalArgument, ...), kStrictDynamicMapping. `id` is for messages. `json` owns `source`.
base::Result<ParsedDocument> parse_document(const base::JsonDocument& json, std::string_view id,
                                            std::shared_ptr<const Mapping> mapping);
/// The same, with what endpoints made of its semantic_text fields: {"field":{"chunks":[{"start_offset","end_offset",
/// "embeddings":{"token":weight}}]}}, each chunk a nested document. `inference` must outlive the ParsedDocument.
base::Result<ParsedDocument> parse_document(const base::JsonDocument& json, const base::JsonDocument& inference,
                                            std::string_view id, std::shared_ptr<const Mapping> mapping);

/// Milliseconds since the epoch of a date text or number in `format` (`a||b` alternatives: strict_date_optional_time, epoch_millis,
/// epoch_second, date, date_time, yyyy/MM/dd patterns, ...). `now_ms` serves date math (`now-1d/d`, `2014-01-01||+1M`); `round_up`
/// rounds missing parts and `/d` to the end of the unit, as the bounds gt and lte do. Errors: kParse
/// `failed to parse date field [x] with format [f]`.
enum class DateRounding : uint8_t { kDown, kUp };
base::Result<int64_t> parse_date(std::string_view text, std::string_view format, int64_t now_ms, DateRounding rounding);
/// The same in nanoseconds. Errors: kIllegalArgument too, outside of what 64 bits hold (1970 to 2262).
base::Result<int64_t> parse_date_nanos(std::string_view text, std::string_view format, int64_t now_ms, DateRounding rounding);
/// `format` applied to ns since the epoch.
std::string format_date_nanos(int64_t ns, std::string_view format);
/// `format` applied to ms since the epoch; strict_date_optional_time gives 2014-01-01T00:00:00.000Z.
std::string format_date(int64_t ms, std::string_view format);

}  // namespace selene::index
