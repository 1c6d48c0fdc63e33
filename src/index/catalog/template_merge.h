#pragma once

#include "base/json/json_tree.h"

namespace selene::index {

/// Lays `over` on `under`, both {settings, mappings, aliases}: settings by full name; mappings member by member, where a field's
/// definition is replaced as a whole and objects are merged; aliases by name. The result's settings are {"index": {..}} with flat
/// names below.
base::JsonTree merge_templates(base::JsonTree under, const base::JsonTree& over);

}  // namespace selene::index
