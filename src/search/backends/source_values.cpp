#include "search/backends/source_values.h"

#include <algorithm>

namespace selene::search {
namespace {

void append_flat(base::JsonValue value, std::vector<base::JsonValue>& values) {
  if (value.is_null()) return;
  if (!value.is_array()) {
    values.push_back(value);
    return;
  }
  for (const base::JsonValue element : value.as_array()) append_flat(element, values);
}

}  // namespace

void collect_source_values(base::JsonValue source, std::string_view path, std::vector<base::JsonValue>& values) {
  if (source.is_array()) {
    for (const base::JsonValue element : source.as_array()) collect_source_values(element, path, values);
    return;
  }
  if (!source.is_object()) return;
  for (const auto [key, value] : source.as_object()) {
    if (key == path) {
      append_flat(value, values);
    } else if (path.size() > key.size() + 1 && path.starts_with(key) && path[key.size()] == '.') {
      collect_source_values(value, path.substr(key.size() + 1), values);
    }
  }
}

std::string source_path_of(const index::Mapping& mapping, const index::MappedField& field) {
  const size_t dot = field.name.rfind('.');
  if (dot == std::string::npos) return field.name;
  const std::string parent_name = field.name.substr(0, dot);
  const index::MappedField* const parent = mapping.find(parent_name);
  if (parent == nullptr) return field.name;
  const auto& subs = parent->multi_fields;
  return std::find(subs.begin(), subs.end(), field.name) != subs.end() ? parent_name : field.name;
}

}  // namespace selene::search
