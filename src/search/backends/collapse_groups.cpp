#include "search/backends/collapse_groups.h"

#include "base/json/json_writer.h"
#include "index/mapping/document_parser.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<CollapseReader> CollapseReader::create(const std::string& field, const index::Snapshot& snapshot) {
  CollapseReader reader;
  reader.field_ = snapshot.mapping().find(field);
  if (reader.field_ == nullptr)
    return Error(ErrorCode::kIllegalArgument, "no mapping found for `{}` in order to collapse on", field);
  if (reader.field_->type != index::FieldType::kKeyword && !index::is_numeric(reader.field_->type)) {
    return Error(ErrorCode::kIllegalArgument, "collapse is not supported for the field [{}] of the type [{}]", field,
                 reader.field_->type_name);
  }
  if (!reader.field_->doc_values) {
    return Error(ErrorCode::kIllegalArgument, "cannot collapse on field `{}` without `doc_values`", field);
  }
  return reader;
}

void CollapseReader::set_segment(const SegmentContext& segment) {
  keywords_ = segment.reader().keywords(field_->name);
  numbers_ = segment.reader().numbers(field_->name);
}

Result<CollapseGroup> CollapseReader::read(DocId doc) const {
  const int32_t count = keywords_ != nullptr ? keywords_->count(doc) : numbers_ != nullptr ? numbers_->count(doc) : 0;
  if (count == 0) return CollapseGroup();
  if (count > 1)
    return Error(ErrorCode::kIllegalArgument, "failed to extract doc:{}, the grouping field must be single valued", doc);
  if (keywords_ != nullptr) return CollapseGroup{base::quote(keywords_->term(keywords_->ordinal(doc, 0)))};
  const int64_t value = numbers_->value(doc, 0);
  base::JsonWriter out;
  if (field_->type == index::FieldType::kFloat || field_->type == index::FieldType::kHalfFloat) {
    out.value(static_cast<float>(index::decode_number(*field_, value)));
  } else if (index::is_floating(field_->type)) {
    out.value(index::decode_number(*field_, value));
  } else if (field_->type == index::FieldType::kUnsignedLong) {
    out.value(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
  } else {
    out.value(value);
  }
  return CollapseGroup{out.take()};
}

Result<CollapseGroup> collapse_group_of(const std::string& field, const index::Snapshot& snapshot, DocId doc) {
  ASSIGN_OR_RETURN(CollapseReader reader, CollapseReader::create(field, snapshot));
  const index::SegmentView& view = snapshot.segment_of(doc);
  reader.set_segment({view, static_cast<size_t>(&view - snapshot.segments().data())});
  return reader.read(doc - view.doc_base);
}

}  // namespace selene::search
