#pragma once

#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "index/segments/snapshot.h"
#include "search/exec/weight.h"
#include "search/fetch/field_request.h"

namespace selene::search {

/// Writes members `"f":[values]` of the fields a document has: `fields` from its source, formatted as their type asks,
/// `docvalue_fields` from doc values. Nothing is written for a field without values. Values that their field ignored go to
/// `ignored`, as they came. Fields of nested objects stand in a list of objects under their nested path. `out` and `ignored` stand
/// inside an object. Errors: kIllegalArgument (`docvalue_fields` that name a field of ranges).
void write_source_fields(const index::Mapping& mapping, base::JsonValue source, const std::vector<FieldRequest>& requests,
                         base::JsonWriter& out, base::JsonWriter& ignored);
base::Status write_doc_values(const index::Mapping& mapping, const SegmentContext& segment, DocId doc,
                              const std::vector<FieldRequest>& requests, base::JsonWriter& out);

/// Adds the fields of `pattern` that are mapped with `store`: their values are those of the source.
void append_stored_fields(const index::Mapping& mapping, const std::string& pattern, std::vector<FieldRequest>& requests);

/// `"_ignored":["f"]`: the fields of which a value was ignored, if there are any.
void write_ignored(const SegmentContext& segment, DocId doc, base::JsonWriter& out);

}  // namespace selene::search
