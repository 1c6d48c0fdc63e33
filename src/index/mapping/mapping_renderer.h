#pragma once

#include "base/json/json_writer.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

/// The members of the root object, as GET _mapping shows them; REQUIRES an open object in `out`.
void render_mapping(const RootDefinition& root, base::JsonWriter& out);
/// One field. `fields` lists its multi-fields.
enum class ShowMultiFields : uint8_t { kNo, kYes };
void render_field(const LeafDefinition& leaf, ShowMultiFields multi_fields, base::JsonWriter& out);

}  // namespace selene::index
