#include "index/mapping/field_definition.h"

#include <algorithm>

#include "index/mapping/field_type.h"

namespace selene::index {
namespace {

/// Elasticsearch calls no normalizer `default` where one is changed, but shows it as null.
std::string_view shown_default(const Parameter& parameter) {
  return parameter.name == "normalizer" ? std::string_view("null") : parameter.default_json;
}

void write_fields(base::JsonValue fields, base::JsonWriter& out) {
  out.begin_object();
  for (const auto [name, definition] : fields.as_object()) {
    out.key(name);
    write_with_defaults(definition, out);
  }
  out.end_object();
}

}  // namespace

std::string field_definition(const Mapping& mapping, const MappedField& field) {
  if (field.multi_fields.empty()) return field.json;
  base::JsonWriter fields;
  fields.begin_object();
  for (const std::string& path : field.multi_fields) {
    const MappedField* const sub = mapping.find(path);
    if (sub != nullptr) fields.key(path.substr(path.rfind('.') + 1)).raw(sub->json);
  }
  fields.end_object();
  return field.json.substr(0, field.json.size() - 1) + ",\"fields\":" + fields.take() + "}";
}

void write_with_defaults(base::JsonValue definition, base::JsonWriter& out) {
  const base::JsonValue type = definition["type"];
  const FieldTypeEntry* const entry = type.is_string() ? find_field_type(type.as_string()) : nullptr;
  if (entry == nullptr) {
    out.value(definition);
    return;
  }
  out.begin_object().field("type", type.as_string());
  for (const Parameter& parameter : entry->parameters) {
    const base::JsonValue given = definition[parameter.name];
    if (given.exists()) {
      out.key(parameter.name).value(given);
    } else if (!shown_default(parameter).empty()) {
      out.key(parameter.name).raw(shown_default(parameter));
    }
  }
  for (const auto [name, value] : definition.as_object()) {
    const bool is_written = name == "type" || std::any_of(entry->parameters.begin(), entry->parameters.end(),
                                                          [&, &key = name](const Parameter& p) { return p.name == key; });
    if (is_written) continue;
    out.key(name);
    name == "fields" && value.is_object() ? write_fields(value, out) : void(out.value(value));
  }
  out.end_object();
}

}  // namespace selene::index
