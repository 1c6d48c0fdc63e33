#pragma once

#include <string>

#include "base/json/json_document.h"
#include "inference/services/validation.h"

namespace selene::inference {

/// `chunking_settings` of an embedding endpoint, checked, as GET shows them; the default if they are missing, null or {}:
/// {"strategy":"sentence","max_chunk_size":250,"sentence_overlap":1}. Faults go to the validation.
std::string read_chunking_settings(base::JsonValue settings, Validation& validation);

}  // namespace selene::inference
