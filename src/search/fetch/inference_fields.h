#pragma once

#include <string>
#include <vector>

#include "index/segments/snapshot.h"
#include "search/fetch/field_request.h"

namespace selene::search {

/// Whether `fields` names the metadata field `_inference_fields`; wildcards do not find it.
bool asks_for_inference_fields(const std::vector<FieldRequest>& requests);

/// A `_source` (JSON object) with what is stored of its semantic_text fields as one more member: {"_inference_fields": {"body":
/// {"inference": {"inference_id", "model_settings", "chunks": {"body": [{"start_offset", "end_offset", "embeddings"}]}}}}}. Chunks
/// stand under the field their text is from. Unchanged for a document without any.
std::string with_inference_fields(std::string source, const index::StoredDocument& stored, const index::Mapping& mapping);

}  // namespace selene::search
