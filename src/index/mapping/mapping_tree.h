#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "index/mapping/dynamic_templates.h"
#include "index/mapping/field_type.h"
#include "index/mapping/mapping.h"

namespace selene::index {

/// A field as defined. Immutable once built, shared between versions of a mapping.
struct LeafDefinition {
  const FieldTypeEntry* type = nullptr;
  MappedField field;                                                                       ///< all but `json` and `multi_fields`
  std::map<std::string, std::string, std::less<>> parameters;                              ///< given ones, canonical JSON
  std::map<std::string, std::shared_ptr<const LeafDefinition>, std::less<>> multi_fields;  ///< by simple name
};

struct ObjectDefinition;
/// Exactly one is set.
struct Definition {
  std::shared_ptr<const ObjectDefinition> object;
  std::shared_ptr<const LeafDefinition> leaf;
};
struct ObjectDefinition {
  std::string path;  ///< empty: the root
  std::optional<Dynamic> dynamic;
  std::optional<bool> enabled;
  std::optional<bool> nested;  ///< none: opened by a dotted name, so it says nothing
  std::optional<bool> include_in_parent;
  std::optional<bool> include_in_root;
  std::optional<bool> subobjects;  ///< false: names of children may have dots, and no child is an object
  std::map<std::string, Definition, std::less<>> children;
};

/// What stands beside `properties` at the root.
struct RootDefinition {
  std::shared_ptr<const ObjectDefinition> object;
  std::optional<bool> date_detection;
  std::optional<bool> numeric_detection;
  std::optional<std::vector<std::string>> dynamic_date_formats;
  std::vector<DynamicTemplate> dynamic_templates;
  std::map<std::string, std::string, std::less<>> raw;  ///< _meta, _source, _routing, dynamic_templates: JSON as given
};

/// The same as documents are parsed along it: everything resolved, inherited settings filled in.
struct LeafNode {
  const MappedField* field = nullptr;  ///< in Mapping::fields()
  const FieldTypeEntry* type = nullptr;
  std::vector<std::unique_ptr<LeafNode>> multi_fields;
  std::optional<base::JsonDocument> null_value;  ///< of field->null_value
};
struct ChildNode {
  std::unique_ptr<ObjectNode> object;
  std::unique_ptr<LeafNode> leaf;
};
struct ObjectNode {
  std::string path;
  Dynamic dynamic = Dynamic::kTrue;
  bool enabled = true;
  bool nested = false;
  bool include_in_parent = false;
  bool include_in_root = false;
  bool subobjects = true;
  std::map<std::string, ChildNode, std::less<>> children;
  const RootDefinition* root = nullptr;  ///< detection settings, templates
};

/// "a" + "b" -> "a.b"; an empty path adds nothing.
std::string join_path(std::string_view path, std::string_view name);

}  // namespace selene::index
