#include "index/mapping/subobjects.h"

#include "index/mapping/mapping_values.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;

base::Result<bool> read_subobjects(base::JsonValue value, const ObjectDefinition& object) {
  if (object.nested.value_or(false)) {
    const std::string_view name = std::string_view(object.path).substr(object.path.rfind('.') + 1);
    return Error(ErrorCode::kMapperParsing, "Nested type [{}] does not support [subobjects] parameter", name);
  }
  const std::string text = java_text(value);
  if (text == "true" || text == "false") return text == "true";
  return Error(ErrorCode::kParse, "unknown subobjects value: {}", text);
}

base::Status flatten_into(ObjectDefinition& parent, std::string_view name, const ObjectDefinition& object) {
  const bool loses_enabled = object.enabled == false;
  const bool loses_dynamic = object.dynamic && parent.dynamic && object.dynamic != parent.dynamic;
  if (loses_enabled || loses_dynamic) {
    return Error(ErrorCode::kIllegalArgument,
                 "Object mapper [{}] was found in a context where subobjects is set to false. Auto-flattening [{}] failed because "
                 "the value of [{}] is not compatible with the value from its parent context",
                 name, object.path, loses_enabled ? "enabled" : "dynamic");
  }
  for (const auto& [child_name, child] : object.children) {
    const std::string whole = join_path(name, child_name);
    if (child.leaf != nullptr) {
      parent.children.insert_or_assign(whole, child);
    } else {
      RETURN_IF_ERROR(flatten_into(parent, whole, *child.object));
    }
  }
  return {};
}

bool is_flat(const ObjectDefinition& root, std::string_view path) {
  const ObjectDefinition* object = &root;
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    const auto child = object->children.find(path.substr(0, dot));
    if (child == object->children.end() || child->second.object == nullptr) return false;
    object = child->second.object.get();
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return !holds_objects(*object);
}

size_t objects_end(const ObjectNode& root, std::string_view path) {
  const ObjectNode* node = &root;
  size_t begin = 0;
  while (node->subobjects) {
    const size_t dot = path.find('.', begin);
    if (dot == std::string_view::npos) return path.size();
    const auto child = node->children.find(path.substr(begin, dot - begin));
    if (child == node->children.end() || child->second.object == nullptr) return path.size();
    node = child->second.object.get();
    begin = dot + 1;
  }
  return begin;
}

}  // namespace selene::index
