#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/index_settings.h"

namespace selene::rest {

/// Whether the body describes an analyzer by its parts, not by its name.
bool has_analyze_parts(base::JsonValue body);

/// Refuses a body of _analyze that asks for what does not go together: kActionRequestValidation with all that is wrong.
/// `has_index`: the path names one.
base::Status check_analyze_request(base::JsonValue body, bool has_index);

/// Refuses a body that names a tokenizer or filter which is neither built in nor of the index, or describes one without its type.
/// `settings`: those of the index's analysis; null without an index. Errors: kIllegalArgument.
base::Status check_analyze_parts(base::JsonValue body, const index::SettingValues* settings);

}  // namespace selene::rest
