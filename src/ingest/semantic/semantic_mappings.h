#pragma once

#include <string>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "index/mapping/mapping.h"
#include "index/mapping/semantic_text.h"
#include "inference/endpoints/inference_service.h"

namespace selene::ingest {

/// What mappings say of semantic_text fields, seen together with the endpoints they name. Thread-safe: pure functions.

/// `chunking_settings` of the semantic_text fields in the body of a mapping, at any depth. Errors: kMapperParsing, caused by a
/// kValidation.
base::Status check_semantic_mappings(base::JsonValue mappings);

/// `model_settings` as an endpoint's embeddings have them.
index::SemanticModelSettings model_settings_of(const inference::EmbeddingTraits& traits);

/// The definition of a semantic_text field with these model_settings, for Mapping::merge.
std::string model_settings_update(const index::Mapping& mapping, const index::MappedField& field,
                                  const index::SemanticModelSettings& settings);

/// The body of a PUT _mapping; where it gives a field with embeddings another endpoint, with that endpoint's model_settings, which
/// must be such that embeddings of both can be compared. Errors: kIllegalArgument `Cannot update [semantic_text] field [f] because
/// inference endpoint [x] ...`.
base::Result<std::string> with_changed_endpoints(const index::Mapping& mapping, base::JsonValue body,
                                                 const inference::InferenceService& service);

/// {"properties": ...} as GET _mapping shows it: fields without embeddings have the model_settings of their endpoint, if it is
/// there.
void write_shown_mapping(const index::Mapping& mapping, const inference::InferenceService& service, base::JsonWriter& out);

}  // namespace selene::ingest
