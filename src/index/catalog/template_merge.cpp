#include "index/catalog/template_merge.h"

namespace selene::index {
namespace {

using base::JsonTree;

void flatten(const std::string& path, const JsonTree& value, JsonTree& out) {
  if (!value.is_object()) {
    out.set(path, value);
    return;
  }
  for (const JsonTree::Member& member : value.as_object())
    flatten(path.empty() ? member.key : path + "." + member.key, member.value, out);
}

/// Nested or dotted, with or without the prefix, as {"index.name": value}.
JsonTree flat_settings(const JsonTree* settings) {
  JsonTree flat = JsonTree::object();
  if (settings == nullptr || !settings->is_object()) return flat;
  JsonTree dotted = JsonTree::object();
  flatten("", *settings, dotted);
  for (JsonTree::Member& member : dotted.as_object()) {
    const std::string name = member.key.starts_with("index.") ? member.key : "index." + member.key;
    flat.set(name, std::move(member.value));
  }
  return flat;
}

bool is_object_definition(const JsonTree& definition) {
  if (!definition.is_object()) return false;
  const JsonTree* const type = definition.find("type");
  if (type != nullptr) return type->is_string() && (type->as_string() == "object" || type->as_string() == "nested");
  return definition.find("properties") != nullptr;
}

void merge_mapping(JsonTree& under, const JsonTree& over);

void merge_properties(JsonTree& under, const JsonTree& over) {
  for (const JsonTree::Member& field : over.as_object()) {
    JsonTree* const present = under.find(field.key);
    if (present != nullptr && is_object_definition(*present) && is_object_definition(field.value)) {
      merge_mapping(*present, field.value);
    } else {
      under.set(field.key, field.value);
    }
  }
}

/// Dynamic templates by name: [{"name": {..}}, ...].
void merge_dynamic_templates(JsonTree& under, const JsonTree& over) {
  for (const JsonTree& entry : over.as_array()) {
    const auto same = [&](const JsonTree& other) {
      return entry.is_object() && other.is_object() && !entry.as_object().empty() && !other.as_object().empty() &&
             entry.as_object().front().key == other.as_object().front().key;
    };
    std::erase_if(under.as_array(), same);
    under.as_array().push_back(entry);
  }
}

void merge_mapping(JsonTree& under, const JsonTree& over) {
  for (const JsonTree::Member& member : over.as_object()) {
    JsonTree* const present = under.find(member.key);
    if (present != nullptr && member.key == "properties" && present->is_object() && member.value.is_object()) {
      merge_properties(*present, member.value);
    } else if (present != nullptr && member.key == "dynamic_templates" && present->is_array() && member.value.is_array()) {
      merge_dynamic_templates(*present, member.value);
    } else {
      under.set(member.key, member.value);
    }
  }
}

}  // namespace

JsonTree merge_templates(JsonTree under, const JsonTree& over) {
  JsonTree settings = flat_settings(under.find("settings"));
  JsonTree added = flat_settings(over.find("settings"));
  for (JsonTree::Member& setting : added.as_object()) settings.set(setting.key, std::move(setting.value));
  under.set("settings", std::move(settings));
  for (const char* const part : {"mappings", "aliases"}) {
    const JsonTree* const upper = over.find(part);
    if (under.find(part) == nullptr || !under.find(part)->is_object()) under.set(part, JsonTree::object());
    if (upper == nullptr || !upper->is_object()) continue;
    JsonTree& lower = *under.find(part);
    if (std::string_view(part) == "mappings") {
      merge_mapping(lower, *upper);
    } else {
      for (const JsonTree::Member& alias : upper->as_object()) lower.set(alias.key, alias.value);
    }
  }
  return under;
}

}  // namespace selene::index
