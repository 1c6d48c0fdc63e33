#pragma once

#include <cstdint>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"

namespace selene::index {

class ValueSink;

// A value of a document as the number types read it; `coerce` of the field decides on texts and fractions. Errors:
// kIllegalArgument, kNumberFormat, kXContentParse.
base::Result<int64_t> read_long_value(base::JsonValue value, const MappedField& field, ValueSink& sink);
base::Result<int64_t> read_integer_value(base::JsonValue value, const MappedField& field, ValueSink& sink);
base::Result<double> read_double_value(base::JsonValue value, const MappedField& field);
base::Result<float> read_float_value(base::JsonValue value, const MappedField& field);

}  // namespace selene::index
