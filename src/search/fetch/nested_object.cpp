#include "search/fetch/nested_object.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "search/exec/nested_weight.h"
#include "search/fetch/hit_fields.h"

namespace selene::search {
namespace {

using base::JsonValue;
using base::Result;

/// One step from a document down to a nested object of it.
struct Step {
  std::string_view field;  ///< relative to the object before
  int32_t offset = 0;      ///< among the objects of the field
};

/// The way from the root document to `object`, which is one of `path`.
std::vector<Step> way_to(const index::Mapping& mapping, const SegmentContext& segment, std::string_view path, DocId object) {
  std::vector<Step> way;
  while (!path.empty()) {
    const std::string_view scope = mapping.nested_parent(path);
    const NestedParents parents(segment, scope);
    const DocId around = parents.at_or_after(object);
    const std::vector<DocId> docs = nested_docs(segment, path);
    const auto first = std::lower_bound(docs.begin(), docs.end(), parents.begin_of(around));
    const auto at = std::lower_bound(docs.begin(), docs.end(), object);
    way.push_back({scope.empty() ? path : path.substr(scope.size() + 1), static_cast<int32_t>(at - first)});
    path = scope;
    object = around;
  }
  std::ranges::reverse(way);
  return way;
}

/// The value at a dotted path; names with dots of their own count too.
JsonValue value_at(JsonValue object, std::string_view path) {
  if (const JsonValue whole = object[path]; whole.exists()) return whole;
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const JsonValue child = object[path.substr(0, dot)];
    if (!child.is_object()) continue;
    if (const JsonValue found = value_at(child, path.substr(dot + 1)); found.exists()) return found;
  }
  return {};
}

JsonValue object_at(JsonValue source, const std::vector<Step>& way) {
  for (const Step& step : way) {
    source = value_at(source, step.field);
    if (!source.is_array()) continue;
    int32_t left = step.offset;
    JsonValue found;
    for (const JsonValue element : source.as_array()) {
      if (!element.is_null() && left-- == 0) found = element;
    }
    source = found;
  }
  return source;
}

void write_way(const std::vector<Step>& way, base::JsonWriter& out) {
  for (const Step& step : way) out.key("_nested").begin_object().field("field", step.field).field("offset", step.offset);
  for (size_t i = 0; i < way.size(); ++i) out.end_object();
}

/// The object filtered by full paths, as they stand in the request.
Result<std::string> filtered_object(JsonValue object, std::string_view path, const SourceFilter& filter) {
  std::string text = object.exists() ? base::JsonWriter().value(object).take() : std::string("{}");
  if (filter.keeps_all()) return text;
  ASSIGN_OR_RETURN(const std::string shown, filter_source("{" + base::quote(path) + ":" + text + "}", filter));
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(shown));
  const JsonValue kept = document.root()[path];
  return kept.exists() ? base::JsonWriter().value(kept).take() : std::string("{}");
}

/// The source of a document that has this object only: {"a":{"b":{..}}}.
std::string source_of_object(JsonValue object, const std::vector<Step>& way) {
  std::string source;
  for (const Step& step : way) source += "{" + base::quote(step.field) + ":";
  source += object.exists() ? base::JsonWriter().value(object).take() : std::string("{}");
  return source.append(way.size(), '}');
}

base::Status write_object_fields(const NestedObject& shown, JsonValue source, const FetchOptions& options, base::JsonWriter& out) {
  const index::Mapping& mapping = shown.snapshot.mapping();
  base::JsonWriter fields;
  base::JsonWriter ignored;
  fields.begin_object();
  ignored.begin_object();
  RETURN_IF_ERROR(write_doc_values(mapping, shown.segment, shown.object, options.docvalue_fields, fields));
  std::vector<FieldRequest> from_source = options.fields;
  from_source.insert(from_source.end(), options.stored_fields.begin(), options.stored_fields.end());
  if (source.exists() && !from_source.empty()) write_source_fields(mapping, source, from_source, fields, ignored);
  RETURN_IF_ERROR(write_script_fields(options.script_fields, shown.snapshot, shown.segment, shown.object, fields));
  fields.end_object();
  ignored.end_object();
  if (fields.text() != "{}") out.key("fields").raw(fields.text());
  if (ignored.text() != "{}") out.key("ignored_field_values").raw(ignored.text());
  return {};
}

}  // namespace

base::Status write_nested_object(const NestedObject& shown, float score, const FetchOptions& options,
                                 const Highlighter* highlighter, base::JsonWriter& out) {
  const std::vector<Step> way = way_to(shown.snapshot.mapping(), shown.segment, shown.path, shown.object);
  const JsonValue object = object_at(shown.source, way);
  out.field("_index", shown.snapshot.index_name()).field("_id", shown.stored.id);
  write_way(way, out);
  if (options.version) out.field("_version", shown.stored.version);
  if (options.seq_no_primary_term) out.field("_seq_no", shown.stored.seq_no).field("_primary_term", shown.stored.primary_term);
  out.key("_score");
  std::isnan(score) ? out.null() : out.value(score);
  if (options.source.enabled) {
    ASSIGN_OR_RETURN(const std::string source, filtered_object(object, shown.path, options.source));
    out.key("_source").raw(source);
  }
  const bool reads_source = highlighter != nullptr || !options.fields.empty() || !options.stored_fields.empty();
  base::JsonDocument own;
  if (reads_source) RETURN_IF_ERROR(own.reparse(source_of_object(object, way)));
  RETURN_IF_ERROR(write_object_fields(shown, own.root(), options, out));
  if (highlighter == nullptr) return {};
  return highlighter->write({own.root(), shown.stored.id, {}, shown.segment, shown.object}, DocAddress{}, out);
}

}  // namespace selene::search
