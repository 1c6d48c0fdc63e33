#pragma once

#include <string>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "index/mapping/mapping.h"

namespace selene::index {

/// `field.json` with the definitions of its multi-fields as `fields`, as GET _mapping shows them.
std::string field_definition(const Mapping& mapping, const MappedField& field);

/// A field's definition with every parameter of its type, those that were not given with what holds then; so for its multi-fields.
/// `definition`: as GET _mapping shows it, with its `type`; one of an unknown type is written as it is.
/// Source: FieldMapper.toXContent with include_defaults.
void write_with_defaults(base::JsonValue definition, base::JsonWriter& out);

}  // namespace selene::index
