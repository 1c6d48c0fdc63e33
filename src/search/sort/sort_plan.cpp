#include "search/sort/sort_plan.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/format.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/field_type.h"
#include "index/mapping/ip_address.h"
#include "search/query/field_values.h"
#include "search/query/parse_support.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;
using index::FieldType;
using Kind = SortColumn::Kind;

namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Kind kind_of(FieldType type) {
  const index::FieldStorage storage = index::storage_of(type);
  if (storage == index::FieldStorage::kText || storage == index::FieldStorage::kKeyword || type == FieldType::kConstantKeyword)
    return Kind::kText;
  return index::is_floating(type) ? Kind::kFloating : Kind::kInteger;
}

Kind kind_of_unmapped(std::string_view type) {
  const index::FieldTypeEntry* const entry = index::find_field_type(type);
  return entry == nullptr ? Kind::kInteger : kind_of(entry->type);
}

/// How a text key is shown: addresses in words.
std::string shown_text(const SortColumn& column, const std::string& text) { return column.is_ip ? index::format_ip(text) : text; }

std::string_view kind_name(Kind kind) { return kind == Kind::kText ? "STRING" : kind == Kind::kFloating ? "DOUBLE" : "LONG"; }

/// Kinds of one field name in two indices: integers give way to floats, text goes with nothing else.
Result<Kind> joined(Kind a, Kind b, const std::string& field) {
  if (a == b) return a;
  if (a == Kind::kText || b == Kind::kText) {
    return Error(ErrorCode::kIllegalArgument,
                 "Can't sort on field [{}]; the field has incompatible sort types: [{}] and [{}] across shards!", field,
                 kind_name(a), kind_name(b));
  }
  return Kind::kFloating;
}

bool is_int32(std::string_view type) { return type == "integer" || type == "short" || type == "byte"; }

}  // namespace

Result<std::string> read_text_key(const SortColumn& column, base::JsonValue value) {
  return column.is_ip ? index::parse_ip(scalar_text(value)) : Result<std::string>(scalar_text(value));
}

int64_t missing_extreme(const SortColumn& column) {
  const bool high = (column.request.missing == SortField::Missing::kLast) != column.request.descending;
  if (column.is_int32) return high ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int32_t>::min();
  if (column.kind == Kind::kFloating) {
    const double infinity = std::numeric_limits<double>::infinity();
    return index::encode_sortable(high ? infinity : -infinity);
  }
  return high ? kMax : column.is_nanos ? 0 : kMin;
}

Result<SortPlan> SortPlan::create(const std::vector<SortField>& sort, const std::vector<const index::Snapshot*>& snapshots) {
  SortPlan plan;
  for (const SortField& request : sort) {
    SortColumn column;
    column.request = request;
    if (request.is_score() || request.is_doc() || request.is_shard_doc()) {
      column.kind = request.is_score() ? Kind::kScore : request.is_doc() ? Kind::kDoc : Kind::kShardDoc;
      plan.columns_.push_back(std::move(column));
      continue;
    }
    if (request.script != nullptr) {
      column.kind = request.script_type == SortField::ScriptType::kText ? Kind::kText : Kind::kFloating;
      plan.columns_.push_back(std::move(column));
      continue;
    }
    if (request.field == kIndexName) {
      column.kind = Kind::kText;
      plan.columns_.push_back(std::move(column));
      continue;
    }
    std::optional<Kind> kind;
    column.single_precision = true;
    bool int32_only = true;
    for (const index::Snapshot* snapshot : snapshots) {
      const index::MappedField* const field = snapshot->mapping().find(request.field);
      if (field == nullptr) continue;
      ASSIGN_OR_RETURN(kind, kind ? joined(*kind, kind_of(field->type), request.field) : Result<Kind>(kind_of(field->type)));
      column.single_precision =
          column.single_precision && (field->type == FieldType::kFloat || field->type == FieldType::kHalfFloat);
      column.is_unsigned = field->type == FieldType::kUnsignedLong;
      int32_only = int32_only && is_int32(field->type_name);
      column.is_date = field->type == FieldType::kDate;
      column.is_nanos = field->type == FieldType::kDateNanos;
      column.is_ip = field->type == FieldType::kIp;
    }
    column.is_int32 = kind ? int32_only : is_int32(request.unmapped_type);
    column.kind = kind.value_or(kind_of_unmapped(request.unmapped_type));
    if (!request.numeric_type.empty() && column.kind != Kind::kText) {
      column.kind = request.numeric_type == "double" ? Kind::kFloating : Kind::kInteger;
      column.single_precision = false;
      column.is_int32 = false;
      column.is_unsigned = column.is_unsigned && column.kind == Kind::kInteger;
    }
    plan.columns_.push_back(std::move(column));
  }
  return plan;
}

bool SortPlan::needs_scores() const {
  return std::any_of(columns_.begin(), columns_.end(), [](const SortColumn& column) { return column.kind == Kind::kScore; });
}

bool SortPlan::reads_scores() const {
  return needs_scores() || std::any_of(columns_.begin(), columns_.end(), [](const SortColumn& column) {
           return column.request.script != nullptr && uses_score(*column.request.script);
         });
}

bool SortPlan::is_index_order() const {
  const Kind kind = columns_.front().kind;
  return (kind == Kind::kDoc || kind == Kind::kShardDoc) && !columns_.front().request.descending;
}

int SortPlan::compare_key(size_t column, const SortKey& a, const SortKey& b) const {
  const SortField& request = columns_[column].request;
  if (columns_[column].kind == Kind::kText) {
    if (a.no_text != b.no_text) return a.no_text == (request.missing == SortField::Missing::kFirst) ? -1 : 1;
    const int order = a.no_text ? 0 : a.text.compare(b.text);
    return order == 0 ? 0 : (order < 0) != request.descending ? -1 : 1;
  }
  return a.number == b.number ? 0 : (a.number < b.number) != request.descending ? -1 : 1;
}

int SortPlan::compare(const std::vector<SortKey>& a, const std::vector<SortKey>& b) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (const int order = compare_key(i, a[i], b[i]); order != 0) return order;
  }
  return 0;
}

Result<std::vector<SortKey>> SortPlan::read_after(base::JsonValue values, int64_t now_ms) const {
  const size_t given = values.as_array().size();
  if (given != columns_.size()) {
    return Error(ErrorCode::kIllegalArgument, "search_after has {} value(s) but sort has {}.", given, columns_.size());
  }
  std::vector<SortKey> keys(columns_.size());
  size_t i = 0;
  for (const base::JsonValue value : values.as_array()) {
    const SortColumn& column = columns_[i];
    SortKey& key = keys[i++];
    if (value.is_object() || value.is_array()) {
      return Error(ErrorCode::kIllegalArgument, "Can't handle search_after field value of type [{}]", token_name(value));
    }
    if (column.kind == Kind::kText) {
      key.no_text = value.is_null();
      if (value.is_null()) continue;
      ASSIGN_OR_RETURN(key.text, read_text_key(column, value));
    } else if (value.is_null()) {
      key.number = missing_extreme(column);
    } else if (column.kind == Kind::kScore || column.kind == Kind::kFloating) {
      ASSIGN_OR_RETURN(const double number, read_double(value, column.request.field));
      key.number = index::encode_sortable(column.kind == Kind::kScore ? static_cast<double>(static_cast<float>(number)) : number);
    } else if (column.is_date && value.is_string()) {
      const std::string_view format =
          column.request.format.empty() ? "strict_date_optional_time||epoch_millis" : std::string_view(column.request.format);
      ASSIGN_OR_RETURN(key.number, index::parse_date(value.as_string(), format, now_ms, index::DateRounding::kDown));
    } else if (value.is_bool()) {
      key.number = value.as_bool() ? 1 : 0;
    } else if (column.is_unsigned && value.type() == base::JsonType::kUint64) {
      key.number = static_cast<int64_t>(value.as_uint64() ^ (uint64_t{1} << 63));
    } else {
      Result<int64_t> number = read_long(value, column.request.field);
      if (!number.has_value()) {
        return Error(ErrorCode::kIllegalArgument, "Failed to parse search_after value for field [{}].", column.request.field);
      }
      key.number = column.is_unsigned ? static_cast<int64_t>(static_cast<uint64_t>(*number) ^ (uint64_t{1} << 63)) : *number;
    }
  }
  return keys;
}

void SortPlan::write(const std::vector<SortKey>& keys, base::JsonWriter& out) const {
  out.begin_array();
  for (size_t i = 0; i < columns_.size(); ++i) {
    const SortColumn& column = columns_[i];
    const SortKey& key = keys[i];
    if (column.kind == Kind::kText) {
      key.no_text ? out.null() : out.value(shown_text(column, key.text));
    } else if (column.kind == Kind::kScore || (column.kind == Kind::kFloating && column.single_precision)) {
      out.value(static_cast<float>(index::decode_sortable(key.number)));
    } else if (column.kind == Kind::kFloating) {
      out.value(index::decode_sortable(key.number));
    } else if (column.is_date && !column.request.format.empty()) {
      const bool is_missing = key.number == kMin || key.number == kMax;
      is_missing ? out.null() : out.value(index::format_date(key.number, column.request.format));
    } else if (column.is_unsigned) {
      out.value(static_cast<uint64_t>(key.number) ^ (uint64_t{1} << 63));
    } else {
      out.value(key.number);
    }
  }
  out.end_array();
}

}  // namespace selene::search
