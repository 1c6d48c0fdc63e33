#pragma once

#include <cstdint>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"
#include "index/mapping/value_sink.h"

namespace selene::index {

/// The weight of a feature of a rank_feature(s) or sparse_vector field, encoded as ValueSink::add_feature takes it: a number, or a
/// text that holds one. Errors: kIllegalArgument unless it is a positive normal float (`featureValue must be ...`), kNumberFormat.
base::Result<int64_t> parse_feature_weight(base::JsonValue value, const MappedField& field, std::string_view feature,
                                           ValueSink& sink);
/// START_OBJECT, VALUE_STRING, ...: the token a value begins with.
std::string_view first_token(base::JsonValue value);

}  // namespace selene::index
