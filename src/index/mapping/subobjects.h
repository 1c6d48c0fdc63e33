#pragma once

#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

// `subobjects: false`: dots in the names of an object's fields open no objects, so that `time` and `time.max` are two fields of it.

/// The value of the parameter for `object`. Errors: kParse `unknown subobjects value: x`; kMapperParsing for a nested object.
base::Result<bool> read_subobjects(base::JsonValue value, const ObjectDefinition& object);
/// Whether an object may hold others.
inline bool holds_objects(const ObjectDefinition& object) { return object.subobjects.value_or(true); }

/// Makes the fields of `object`, which was defined as `name` of `parent`, fields of the parent with longer names. Errors:
/// kIllegalArgument where the object says something that its fields would lose.
base::Status flatten_into(ObjectDefinition& parent, std::string_view name, const ObjectDefinition& object);

/// Whether the object at `path` of `root` is there and holds no others.
bool is_flat(const ObjectDefinition& root, std::string_view path);

/// Up to where dots of `path` part objects: all of it, or the part before names that a flat object keeps whole.
size_t objects_end(const ObjectNode& root, std::string_view path);

}  // namespace selene::index
