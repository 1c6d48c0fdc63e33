#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "search/aggregations/aggregator.h"
#include "search/aggregations/value_format.h"

namespace selene::search {

/// Which values of a document an aggregation reads: `field`, `missing`, `format`, `time_zone`, `value_type`.
struct ValuesRequest {
  std::string field;
  base::JsonValue missing;  ///< what a document without values has; a missing value: nothing
  std::string format;
  std::string value_type;
  TimeZone zone;
  std::string_view type;  ///< of the aggregation, for errors
  /// Which fields do: numbers (dates, booleans too), or any with doc values.
  bool reads_ranges = true;  ///< whether an aggregation of this type reads fields of ranges here
  enum class Takes : uint8_t { kNumbers, kAny } takes = Takes::kAny;

  /// Reads one of its own keys. True if it was one.
  base::Result<bool> read(base::JsonMember member);
};

/// Values of one field, document by document, over all indices of a run. One thread.
class ValuesSource {
 public:
  enum class Kind : uint8_t { kUnmapped, kInteger, kFloating, kText };

  explicit ValuesSource(const ValuesRequest& request) : request_(&request) {}

  /// Errors: kIllegalArgument (text fields, no doc values, a type the aggregation does not take, a `missing` that does not fit).
  base::Status begin_target(const LocalTarget& target, int64_t now_ms);
  void begin_segment(const AggregationSegment& segment);

  /// Of the first index that has the field (kUnmapped: none has); fixed once documents came from it.
  Kind kind() const { return kind_; }
  const ValueFormat& format() const { return format_; }
  const index::MappedField* field() const { return field_; }

  /// How many values the document has, the one of `missing` included.
  int32_t count(DocId doc) const;
  /// REQUIRES: kind kInteger or kFloating, i < count(doc).
  double number(DocId doc, int32_t i) const;
  /// kInteger: the value as doc values encode it; kFloating: `encode_sortable` of it. Ascending in i.
  int64_t encoded(DocId doc, int32_t i) const;
  /// REQUIRES: kind kText.
  std::string_view text(DocId doc, int32_t i) const;
  /// The ordinal of a text in its segment, or -1 for that of `missing` or `_index`.
  int32_t ordinal(DocId doc, int32_t i) const;
  /// Whether the field of the current index holds ranges: histograms read these, ascending by where they begin.
  bool has_ranges() const { return is_range_; }
  struct NumberRange {
    double from = 0;
    double to = 0;
  };
  int32_t num_ranges(DocId doc) const { return keywords_ == nullptr ? 0 : keywords_->count(doc); }
  /// REQUIRES: i < num_ranges(doc), numbers or dates.
  NumberRange range(DocId doc, int32_t i) const;
  /// Texts of the segment that have ordinals; 0 if none.
  int32_t num_ordinals() const { return keywords_ == nullptr ? 0 : keywords_->num_ordinals(); }
  std::string_view term(int32_t ordinal) const { return keywords_->term(ordinal); }

 private:
  int32_t stored_count(DocId doc) const;
  /// That the type of `field_` does not go with the aggregation.
  base::Error unsupported() const;
  base::Status begin_ranges(const std::string& index_name);
  base::Status read_missing(int64_t now_ms);
  base::Status set_kind(Kind kind, const std::string& index);

  const ValuesRequest* request_;
  Kind kind_ = Kind::kUnmapped;
  ValueFormat format_;
  const index::MappedField* field_ = nullptr;  ///< of the current index; null: it has none
  const index::NumericDocValues* numbers_ = nullptr;
  std::shared_ptr<const index::KeywordDocValues> keywords_;
  bool has_missing_ = false;
  int64_t missing_encoded_ = 0;
  double missing_number_ = 0;
  std::string missing_text_;
  std::string index_name_;  ///< `_index`: the one value of every document
  bool is_index_name_ = false;
  bool is_range_ = false;              ///< all ranges of a document are one value, which has no ordinal
  mutable std::string joined_ranges_;  ///< the last one that was asked for
};

/// A double as the nearest whole number at or below it, within what a double tells apart: keys of histograms.
int64_t floor_to_integer(double value);

/// The answer to a source with neither field nor script.
base::Error field_missing();

}  // namespace selene::search
