// How sort keys are found in the columns of an index.

#include <algorithm>

#include "index/mapping/document_parser.h"
#include "index/mapping/field_type.h"
#include "index/segments/text_values.h"
#include "search/query/field_values.h"
#include "search/query/parse_support.h"
#include "search/sort/sort_plan.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;
using index::FieldType;
using Kind = SortColumn::Kind;

namespace {

/// What options a field does not take. Errors: kQueryShard, kIllegalArgument.
base::Status check_options(const SortColumn& column, const index::MappedField& field) {
  const SortField& request = column.request;
  if (field.type == FieldType::kGeoPoint) {
    return Error(ErrorCode::kIllegalArgument,
                 "can't sort on geo_point or point field without using specific sorting feature, like geo_distance");
  }
  if (column.kind == Kind::kText) {
    if (!request.numeric_type.empty()) {
      return Error(ErrorCode::kQueryShard, "[numeric_type] option cannot be set on a non-numeric field, got {}", field.type_name);
    }
    if (request.mode == SortMode::kSum || request.mode == SortMode::kAvg || request.mode == SortMode::kMedian)
      return Error(ErrorCode::kQueryShard, "we only support AVG, MEDIAN and SUM on number based fields");
  }
  return {};
}

}  // namespace

base::Status check_nested_context(const SortPlan& plan, const index::Mapping& mapping) {
  for (const SortColumn& column : plan.columns()) {
    const SortField& request = column.request;
    if (request.nested != nullptr || mapping.find(request.field) == nullptr || mapping.nested_parent(request.field).empty())
      continue;
    return Error(ErrorCode::kQueryShard, "it is mandatory to set the [nested] context on the nested sort field: [{}].",
                 request.field);
  }
  return {};
}

base::Status check_sortable(const index::MappedField& field, const std::string& index_name) {
  if (field.type == FieldType::kDenseVector)
    return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [dense_vector] doesn't support sort", field.name);
  if (field.type == FieldType::kText) {
    return Error(ErrorCode::kIllegalArgument,
                 "Fielddata is disabled on [{}] in [{}]. Text fields are not optimised for operations that require per-document "
                 "field data like "
                 "aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. "
                 "Alternatively, set "
                 "fielddata=true on [{}] in order to load field data by uninverting the inverted index. Note that this can use "
                 "significant memory.",
                 field.name, index_name, field.name);
  }
  if (index::storage_of(field.type) == index::FieldStorage::kFeature) {
    return Error(ErrorCode::kIllegalArgument, "[{}] fields do not support sorting, scripting or aggregating", field.type_name);
  }
  if (field.doc_values && index::is_range(field.type)) {
    return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [{}] doesn't support sort, which has no order of ranges",
                 field.name, field.type_name);
  }
  if (!field.doc_values && field.type != FieldType::kConstantKeyword) {
    return Error(ErrorCode::kIllegalArgument,
                 "Can't load fielddata on [{}] because fielddata is unsupported on fields of type [{}]. Use doc values instead.",
                 field.name, index::field_type_name(field.type));
  }
  return {};
}

Result<SortReader> SortReader::create(const SortPlan& plan, const index::Snapshot& snapshot, int32_t shard, int64_t now_ms,
                                      RuntimeError* errors) {
  SortReader reader;
  reader.shard_ = shard;
  for (const SortColumn& wanted : plan.columns()) {
    Column column;
    column.plan = &wanted;
    const SortField& request = wanted.request;
    if (wanted.kind == Kind::kScore || wanted.kind == Kind::kDoc || wanted.kind == Kind::kShardDoc) {
      reader.columns_.push_back(std::move(column));
      continue;
    }
    if (request.script != nullptr) {
      column.script = std::make_shared<ScriptSortReader>(request, snapshot, errors);
      if (request.nested != nullptr) {
        ASSIGN_OR_RETURN(NestedSortObjects objects, NestedSortObjects::create(*request.nested, snapshot, now_ms));
        column.nested = std::make_shared<NestedSortObjects>(std::move(objects));
      }
      reader.columns_.push_back(std::move(column));
      continue;
    }
    if (request.field == kIndexName) {  // what every document of the index lacks
      column.has_missing_text = true;
      column.missing_text = snapshot.index_name();
      reader.columns_.push_back(std::move(column));
      continue;
    }
    if (request.field == "_id") {
      return Error(ErrorCode::kIllegalArgument,
                   "Fielddata access on the _id field is disallowed, you can re-enable it by updating the dynamic cluster setting: "
                   "indices.id_field_data.enabled");
    }
    column.field = snapshot.mapping().find(request.field);
    if (column.field == nullptr && request.unmapped_type.empty()) {
      return Error(ErrorCode::kQueryShard, "No mapping found for [{}] in order to sort on", request.field);
    }
    if (column.field == nullptr && index::find_field_type(request.unmapped_type) == nullptr)
      return Error(ErrorCode::kIllegalArgument, "No mapper found for type [{}]", request.unmapped_type);
    if (column.field != nullptr) {
      RETURN_IF_ERROR(check_options(wanted, *column.field));
      RETURN_IF_ERROR(check_sortable(*column.field, snapshot.index_name()));
    }
    if (request.nested != nullptr && column.field != nullptr) {
      ASSIGN_OR_RETURN(NestedSortObjects objects, NestedSortObjects::create(*request.nested, snapshot, now_ms));
      column.nested = std::make_shared<NestedSortObjects>(std::move(objects));
    }
    column.missing_number = missing_extreme(wanted);
    if (request.missing == SortField::Missing::kValue && wanted.kind == Kind::kText) {
      column.has_missing_text = true;
      ASSIGN_OR_RETURN(column.missing_text, read_text_key(wanted, request.missing_value));
    } else if (request.missing == SortField::Missing::kValue && wanted.kind == Kind::kFloating) {
      ASSIGN_OR_RETURN(const double number, read_double(request.missing_value, "missing"));
      column.missing_number = index::encode_sortable(number);
    } else if (request.missing == SortField::Missing::kValue && column.field != nullptr) {
      ASSIGN_OR_RETURN(const auto range, encode_term(*column.field, request.missing_value, now_ms));
      if (range) column.missing_number = range->low;
    }
    reader.columns_.push_back(std::move(column));
  }
  return reader;
}

bool SortReader::may_be_copied() const {
  return std::none_of(columns_.begin(), columns_.end(),
                      [](const Column& column) { return column.nested != nullptr || column.script != nullptr; });
}

void SortReader::set_segment(const SegmentContext& segment) {
  doc_base_ = segment.view.doc_base;
  for (Column& column : columns_) {
    if (column.script != nullptr) {
      column.script->set_segment(segment);
      if (column.nested != nullptr) column.nested->set_segment(segment);
    }
    if (column.field == nullptr) continue;
    const bool text = column.plan->kind == Kind::kText;
    column.keywords = text ? index::text_values(segment.reader(), *column.field) : nullptr;
    column.numbers = text ? nullptr : segment.reader().numbers(column.field->name);
    if (column.nested != nullptr) column.nested->set_segment(segment);
  }
}

void SortReader::read_key(size_t column, DocId doc, float score, SortKey& key) const {
  if (const auto& script = columns_[column].script; script != nullptr)
    return script->read(doc, score, columns_[column].nested.get(), key);
  switch (columns_[column].plan->kind) {
    case Kind::kScore: key.number = index::encode_sortable(static_cast<double>(score)); break;
    case Kind::kDoc: key.number = doc_base_ + doc; break;
    case Kind::kShardDoc: key.number = (shard_ << 32) | int64_t{doc_base_ + doc}; break;
    case Kind::kText: read_text(columns_[column], doc, key); break;
    default: read_number(columns_[column], doc, key); break;
  }
}

void SortReader::read(DocId doc, float score, std::vector<SortKey>& keys) const {
  keys.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) read_key(i, doc, score, keys[i]);
}

bool SortReader::read_unless_behind(DocId doc, float score, const SortPlan& plan, const std::vector<SortKey>& bar,
                                    std::vector<SortKey>& keys) const {
  keys.resize(columns_.size());
  bool before = false;
  for (size_t i = 0; i < columns_.size(); ++i) {
    read_key(i, doc, score, keys[i]);
    if (before) continue;
    const int order = plan.compare_key(i, keys[i], bar[i]);
    if (order > 0) return false;
    before = order < 0;
  }
  return true;
}

}  // namespace selene::search
