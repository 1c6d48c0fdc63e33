#include "search/fetch/hit_fields.h"

#include <map>
#include <set>
#include <string>

#include "base/unicode.h"
#include "base/wildcard.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/geo_encoding.h"
#include "index/mapping/ip_address.h"
#include "index/segments/text_values.h"
#include "search/backends/source_values.h"
#include "search/fetch/range_fields.h"
#include "search/query/field_values.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using index::FieldType;
using index::MappedField;

/// A date field's own format, or `override`.
std::string_view date_format(const MappedField& field, const std::string& format) {
  return format.empty() ? std::string_view(field.format) : format;
}

/// A stored number as answers show it.
void write_number(const MappedField& field, int64_t number, const std::string& format, base::JsonWriter& out) {
  if (field.type == FieldType::kDateNanos) {
    out.value(index::format_date_nanos(number, date_format(field, format)));
  } else if (field.type == FieldType::kGeoPoint) {
    const index::GeoPoint point = index::decode_geo_point(number);
    out.begin_object().field("lat", point.lat).field("lon", point.lon).end_object();
  } else if (field.type == FieldType::kDate) {
    out.value(index::format_date(number, date_format(field, format)));
  } else if (field.type == FieldType::kBoolean) {
    out.value(number != 0);
  } else if (field.type == FieldType::kFloat || field.type == FieldType::kHalfFloat) {
    out.value(static_cast<float>(index::decode_number(field, number)));
  } else if (index::is_floating(field.type)) {
    out.value(index::decode_number(field, number));
  } else if (field.type == FieldType::kUnsignedLong) {
    out.value(static_cast<uint64_t>(number) ^ (uint64_t{1} << 63));
  } else {
    out.value(number);
  }
}

/// One source value in the form of its type; false if the type cannot take it.
bool write_value(const MappedField& field, base::JsonValue value, const std::string& format, base::JsonWriter& out) {
  if (field.type == FieldType::kFlattened || field.type == FieldType::kRankFeatures || field.type == FieldType::kSparseVector ||
      field.type == FieldType::kGeoPoint) {
    out.value(value);
    return true;
  }
  if (index::is_range(field.type)) return write_range(field, value, date_format(field, format), out);
  if (value.is_object()) return false;
  if (field.type == FieldType::kRankFeature || field.type == FieldType::kDenseVector || field.type == FieldType::kBinary) {
    out.value(value);
    return true;
  }
  if (field.type == FieldType::kIp) {
    const auto bytes = index::parse_ip(scalar_text(value));
    if (bytes) out.value(index::format_ip(*bytes));
    return bytes.has_value();
  }
  if (field.type == FieldType::kText || field.type == FieldType::kKeyword || field.type == FieldType::kWildcard ||
      field.type == FieldType::kConstantKeyword) {
    const std::string text = scalar_text(value);
    if (field.type == FieldType::kKeyword && base::utf16_length(text) > static_cast<size_t>(field.ignore_above)) return false;
    out.value(text);
    return true;
  }
  const auto encoded = encode_term(field, value, 0);
  if (!encoded.has_value() || !*encoded) return false;
  write_number(field, (*encoded)->low, format, out);
  return true;
}

/// Paths and values of all leaves below `value`.
void collect_leaves(base::JsonValue value, const std::string& path, std::map<std::string, std::vector<base::JsonValue>>& leaves) {
  if (value.is_object()) {
    for (const auto [key, member] : value.as_object())
      collect_leaves(member, path.empty() ? std::string(key) : path + "." + std::string(key), leaves);
  } else if (value.is_array()) {
    for (const base::JsonValue element : value.as_array()) collect_leaves(element, path, leaves);
  } else if (!value.is_null()) {
    leaves[path].push_back(value);
  }
}

/// `fields` of one nested scope: of the root document, or of one object of a nested path. Fields of objects within stand in a list
/// of objects under the path of these, names relative to the scope.
class SourceFields {
 public:
  SourceFields(const index::Mapping& mapping, const std::vector<FieldRequest>& requests, base::JsonWriter& ignored)
      : mapping_(mapping), requests_(requests), ignored_(ignored) {}

  void write(base::JsonValue source, const std::string& scope, base::JsonWriter& out) const {
    std::set<std::string> written;
    std::set<std::string> below;
    for (const FieldRequest& request : requests_) {
      for (const MappedField* field : mapping_.match(request.pattern)) {
        const std::string inner = path_below(scope, field->name);
        if (!inner.empty()) {
          below.insert(inner);
        } else if (mapping_.nested_parent(field->name) == scope && !written.contains(field->name)) {
          write_field(source, scope, *field, request.format, written, out);
        }
      }
      if (request.include_unmapped) write_unmapped(source, scope, request, written, out);
    }
    for (const std::string& path : below) write_objects(source, scope, path, out);
  }

 private:
  static std::string relative(const std::string& scope, std::string_view name) {
    return std::string(scope.empty() ? name : name.substr(scope.size() + 1));
  }
  /// The outermost nested path within `scope` that holds `name`; empty: none does.
  std::string path_below(const std::string& scope, std::string_view name) const {
    std::string below;
    for (std::string parent(mapping_.nested_parent(name)); parent != scope; parent = mapping_.nested_parent(parent)) {
      if (parent.empty()) return {};  // of another scope
      below = parent;
    }
    return below;
  }
  void write_field(base::JsonValue source, const std::string& scope, const MappedField& field, const std::string& format,
                   std::set<std::string>& written, base::JsonWriter& out) const {
    std::vector<base::JsonValue> values;
    std::vector<base::JsonValue> refused;
    collect_source_values(source, relative(scope, source_path_of(mapping_, field)), values);
    if (values.empty()) return;
    base::JsonWriter list;
    list.begin_array();
    for (const base::JsonValue value : values) {
      if (!write_value(field, value, format, list)) refused.push_back(value);
    }
    list.end_array();
    written.insert(field.name);
    if (refused.size() < values.size()) out.key(relative(scope, field.name)).raw(list.text());
    if (!scope.empty() || refused.empty() || !(field.ignore_malformed || field.type == FieldType::kKeyword)) return;
    ignored_.key(field.name).begin_array();
    for (const base::JsonValue value : refused) ignored_.value(value);
    ignored_.end_array();
  }
  void write_unmapped(base::JsonValue source, const std::string& scope, const FieldRequest& request, std::set<std::string>& written,
                      base::JsonWriter& out) const {
    std::map<std::string, std::vector<base::JsonValue>> leaves;
    collect_leaves(source, scope, leaves);
    for (const auto& [path, values] : leaves) {
      const bool shown =
          mapping_.find(path) == nullptr && mapping_.nested_parent(path) == scope && base::matches_wildcard(request.pattern, path);
      if (!shown || !written.insert(path).second) continue;
      out.key(relative(scope, path)).begin_array();
      for (const base::JsonValue value : values) out.value(value);
      out.end_array();
    }
  }
  void write_objects(base::JsonValue source, const std::string& scope, const std::string& path, base::JsonWriter& out) const {
    std::vector<base::JsonValue> objects;
    collect_source_values(source, relative(scope, path), objects);
    base::JsonWriter list;
    list.begin_array();
    for (const base::JsonValue object : objects) {
      if (!object.is_object()) continue;
      base::JsonWriter one;
      one.begin_object();
      write(object, path, one);
      if (one.end_object().text() != "{}") list.raw(one.text());
    }
    if (list.end_array().text() != "[]") out.key(relative(scope, path)).raw(list.text());
  }

  const index::Mapping& mapping_;
  const std::vector<FieldRequest>& requests_;
  base::JsonWriter& ignored_;
};

}  // namespace

void write_source_fields(const index::Mapping& mapping, base::JsonValue source, const std::vector<FieldRequest>& requests,
                         base::JsonWriter& out, base::JsonWriter& ignored) {
  SourceFields(mapping, requests, ignored).write(source, {}, out);
}

void write_ignored(const SegmentContext& segment, DocId doc, base::JsonWriter& out) {
  const index::KeywordDocValues* const names = segment.reader().keywords(index::kIgnoredField);
  if (names == nullptr || names->count(doc) == 0) return;
  out.key("_ignored").begin_array();
  for (int32_t i = 0; i < names->count(doc); ++i) out.value(names->term(names->ordinal(doc, i)));
  out.end_array();
}

void append_stored_fields(const index::Mapping& mapping, const std::string& pattern, std::vector<FieldRequest>& requests) {
  for (const index::MappedField* const field : mapping.match(pattern)) {
    if (field->store) requests.push_back({field->name, "", false});
  }
}

base::Status write_doc_values(const index::Mapping& mapping, const SegmentContext& segment, DocId doc,
                              const std::vector<FieldRequest>& requests, base::JsonWriter& out) {
  std::set<std::string> written;
  for (const FieldRequest& request : requests) {
    for (const MappedField* field : mapping.match(request.pattern)) {
      if (written.contains(field->name)) continue;
      if (index::is_range(field->type)) {
        if (request.pattern.find('*') != std::string::npos) continue;
        return base::Error(base::ErrorCode::kIllegalArgument,
                           "Field [{}] of type [{}] cannot be shown by [docvalue_fields]: give it in [fields]", field->name,
                           field->type_name);
      }
      if (const auto keywords = index::text_values(segment.reader(), *field)) {
        if (keywords->count(doc) == 0) continue;
        out.key(field->name).begin_array();
        for (int32_t i = 0; i < keywords->count(doc); ++i) {
          const std::string_view term = keywords->term(keywords->ordinal(doc, i));
          field->type == FieldType::kIp ? out.value(index::format_ip(term)) : out.value(term);
        }
        out.end_array();
        written.insert(field->name);
      } else if (const index::NumericDocValues* const numbers = segment.reader().numbers(field->name)) {
        if (numbers->count(doc) == 0) continue;
        out.key(field->name).begin_array();
        for (int32_t i = 0; i < numbers->count(doc); ++i) write_number(*field, numbers->value(doc, i), request.format, out);
        out.end_array();
        written.insert(field->name);
      }
    }
  }
  return {};
}

}  // namespace selene::search
