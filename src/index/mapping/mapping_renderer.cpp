#include "index/mapping/mapping_renderer.h"

#include "index/mapping/mapping_values.h"

namespace selene::index {
namespace {

void render_properties(const ObjectDefinition& object, base::JsonWriter& out);

void render_object(const ObjectDefinition& object, base::JsonWriter& out) {
  out.begin_object();
  if (object.nested.value_or(false)) {
    out.field("type", "nested");
    if (object.include_in_parent.value_or(false)) out.field("include_in_parent", true);
    if (object.include_in_root.value_or(false)) out.field("include_in_root", true);
  } else if (object.dynamic || object.enabled == false || object.children.empty()) {
    out.field("type", "object");
  }
  if (object.dynamic) out.field("dynamic", dynamic_name(*object.dynamic));
  if (object.enabled == false) out.field("enabled", false);
  if (object.subobjects == false) out.field("subobjects", false);
  render_properties(object, out);
  out.end_object();
}

void render_properties(const ObjectDefinition& object, base::JsonWriter& out) {
  if (object.children.empty()) return;
  out.key("properties").begin_object();
  for (const auto& [name, child] : object.children) {
    out.key(name);
    if (child.object != nullptr) {
      render_object(*child.object, out);
    } else {
      render_field(*child.leaf, ShowMultiFields::kYes, out);
    }
  }
  out.end_object();
}

void render_text_list(std::string_view key, const std::vector<std::string>& texts, base::JsonWriter& out) {
  out.key(key).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

}  // namespace

void render_field(const LeafDefinition& leaf, ShowMultiFields multi_fields, base::JsonWriter& out) {
  out.begin_object();
  out.field("type", leaf.type->name);
  for (const Parameter& parameter : leaf.type->parameters) {
    const auto given = leaf.parameters.find(parameter.name);
    if (given == leaf.parameters.end() || given->second == parameter.default_json) continue;
    out.key(parameter.name).raw(given->second);
  }
  if (multi_fields == ShowMultiFields::kYes && !leaf.multi_fields.empty()) {
    out.key("fields").begin_object();
    for (const auto& [name, sub] : leaf.multi_fields) {
      out.key(name);
      render_field(*sub, ShowMultiFields::kYes, out);
    }
    out.end_object();
  }
  if (!leaf.field.copy_to.empty()) render_text_list("copy_to", leaf.field.copy_to, out);
  out.end_object();
}

void render_mapping(const RootDefinition& root, base::JsonWriter& out) {
  if (root.object->dynamic) out.field("dynamic", dynamic_name(*root.object->dynamic));
  if (root.object->enabled == false) out.field("enabled", false);
  if (root.object->subobjects == false) out.field("subobjects", false);
  for (const std::string_view key : {"_meta", "_source", "_routing"}) {
    if (const auto found = root.raw.find(key); found != root.raw.end()) out.key(key).raw(found->second);
  }
  if (root.dynamic_date_formats) render_text_list("dynamic_date_formats", *root.dynamic_date_formats, out);
  if (const auto found = root.raw.find("dynamic_templates"); found != root.raw.end())
    out.key("dynamic_templates").raw(found->second);
  if (root.date_detection) out.field("date_detection", *root.date_detection);
  if (root.numeric_detection) out.field("numeric_detection", *root.numeric_detection);
  render_properties(*root.object, out);
}

}  // namespace selene::index
