#include "index/mapping/mapping_merger.h"

#include "index/mapping/mapping_values.h"
#include "index/mapping/semantic_text.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// A canonical JSON value as messages show it: strings bare.
std::string_view bare(std::string_view json) {
  if (json.size() >= 2 && json.front() == '"') return json.substr(1, json.size() - 2);
  return json;
}

std::string_view value_of(const LeafDefinition& leaf, const Parameter& parameter) {
  const auto found = leaf.parameters.find(parameter.name);
  return found == leaf.parameters.end() ? parameter.default_json : std::string_view(found->second);
}

bool may_change(const Parameter& parameter, std::string_view from, std::string_view to) {
  if (parameter.may_change != nullptr) return parameter.may_change(from, to);
  if (parameter.update == Parameter::Update::kOnlyFromNull) return from == "null";
  if (parameter.update == Parameter::Update::kOnlyToFalse) return to == "false";
  return parameter.update == Parameter::Update::kYes;
}

/// A semantic_text field without any embedding yet may take any other endpoint, one with embeddings one that is known to give such
/// as can be compared with them.
bool may_change_endpoint(const LeafDefinition& old_leaf, const LeafDefinition& new_leaf, const Parameter& parameter) {
  if (old_leaf.field.semantic == nullptr) return false;
  const auto& before = old_leaf.field.semantic->model_settings;
  const auto& after = new_leaf.field.semantic->model_settings;
  if (!before) return parameter.name == "inference_id";
  const bool of_endpoint = parameter.name == "inference_id" || parameter.name == "model_settings";
  return of_endpoint && after && before->compatible_with(*after);
}

Result<std::shared_ptr<const LeafDefinition>> merge_leaves(const LeafDefinition& old_leaf, const LeafDefinition& new_leaf) {
  const std::string& path = old_leaf.field.name;
  if (old_leaf.type != new_leaf.type) {
    return Error(ErrorCode::kIllegalArgument, "mapper [{}] cannot be changed from type [{}] to [{}]", path, old_leaf.type->name,
                 new_leaf.type->name);
  }
  auto merged = std::make_shared<LeafDefinition>(new_leaf);
  if (new_leaf.field.type == FieldType::kSemanticText) {
    ASSIGN_OR_RETURN(const bool inherits, inherit_model_settings(old_leaf.field, merged->field));
    if (inherits) merged->parameters["model_settings"] = old_leaf.parameters.at("model_settings");
  }
  std::string conflicts;
  for (const Parameter& parameter : old_leaf.type->parameters) {
    const std::string_view from = value_of(old_leaf, parameter);
    const std::string_view to = value_of(*merged, parameter);
    if (from == to || may_change(parameter, from, to) || may_change_endpoint(old_leaf, *merged, parameter)) continue;
    conflicts += base::format("\n\tCannot update parameter [{}] from [{}] to [{}]", parameter.name, bare(from), bare(to));
  }
  if (!conflicts.empty())
    return Error(ErrorCode::kIllegalArgument, "Mapper for [{}] conflicts with existing mapper:{}", path, conflicts);
  merged->multi_fields = old_leaf.multi_fields;
  for (const auto& [name, sub] : new_leaf.multi_fields) {
    auto& slot = merged->multi_fields[name];
    if (slot == nullptr) {
      slot = sub;
    } else {
      ASSIGN_OR_RETURN(slot, merge_leaves(*slot, *sub));
    }
  }
  return std::shared_ptr<const LeafDefinition>(std::move(merged));
}

Error object_conflict(const std::string& path) {
  return Error(ErrorCode::kIllegalArgument, "can't merge a non-object mapping [{}] with an object mapping", path);
}

base::Status merge_nested(const ObjectDefinition& old_object, const ObjectDefinition& new_object, ObjectDefinition& merged) {
  if (!new_object.nested) return {};
  const bool was_nested = old_object.nested.value_or(false);
  if (was_nested && !*new_object.nested)
    return Error(ErrorCode::kIllegalArgument, "can't merge a non-nested mapping [{}] with a nested mapping", old_object.path);
  if (!was_nested && *new_object.nested)
    return Error(ErrorCode::kIllegalArgument, "can't merge a non-nested mapping [{}] with a nested mapping", old_object.path);
  if (!was_nested) return {};
  if (new_object.include_in_root.value_or(false) != old_object.include_in_root.value_or(false))
    return Error(ErrorCode::kMapperParsing, "the [include_in_root] parameter can't be updated on a nested object mapping");
  if (new_object.include_in_parent.value_or(false) != old_object.include_in_parent.value_or(false))
    return Error(ErrorCode::kMapperParsing, "the [include_in_parent] parameter can't be updated on a nested object mapping");
  merged.nested = true;
  return {};
}

Result<std::shared_ptr<const ObjectDefinition>> merge_objects(const ObjectDefinition& old_object,
                                                              const ObjectDefinition& new_object) {
  auto merged = std::make_shared<ObjectDefinition>(old_object);
  if (new_object.dynamic) merged->dynamic = new_object.dynamic;
  if (new_object.enabled && *new_object.enabled != old_object.enabled.value_or(true)) {
    const std::string_view name = old_object.path.empty() ? "_doc" : std::string_view(old_object.path);
    return Error(ErrorCode::kIllegalArgument, "the [enabled] parameter can't be updated for the object mapping [{}]", name);
  }
  if (new_object.enabled) merged->enabled = new_object.enabled;
  const bool is_new = old_object.children.empty() && !old_object.subobjects;  // as the root of an index being created
  if (new_object.subobjects && !is_new && *new_object.subobjects != old_object.subobjects.value_or(true)) {
    const std::string_view name = old_object.path.empty() ? "_doc" : std::string_view(old_object.path);
    return Error(ErrorCode::kIllegalArgument, "the [subobjects] parameter can't be updated for the object mapping [{}]", name);
  }
  if (new_object.subobjects) merged->subobjects = new_object.subobjects;
  RETURN_IF_ERROR(merge_nested(old_object, new_object, *merged));
  for (const auto& [name, child] : new_object.children) {
    const auto [slot, fresh] = merged->children.try_emplace(name, child);
    if (fresh) continue;
    Definition& old_child = slot->second;
    if ((old_child.object == nullptr) != (child.object == nullptr)) return object_conflict(join_path(old_object.path, name));
    if (child.object != nullptr) {
      ASSIGN_OR_RETURN(old_child.object, merge_objects(*old_child.object, *child.object));
    } else {
      ASSIGN_OR_RETURN(old_child.leaf, merge_leaves(*old_child.leaf, *child.leaf));
    }
  }
  return std::shared_ptr<const ObjectDefinition>(std::move(merged));
}

}  // namespace

Result<RootDefinition> merge_mappings(const RootDefinition& base, const RootDefinition& update) {
  RootDefinition merged = base;
  ASSIGN_OR_RETURN(merged.object, merge_objects(*base.object, *update.object));
  if (update.date_detection) merged.date_detection = update.date_detection;
  if (update.numeric_detection) merged.numeric_detection = update.numeric_detection;
  if (update.dynamic_date_formats) merged.dynamic_date_formats = update.dynamic_date_formats;
  if (update.raw.contains("dynamic_templates")) merged.dynamic_templates = update.dynamic_templates;
  for (const auto& [key, json] : update.raw) merged.raw.insert_or_assign(key, json);
  return merged;
}

}  // namespace selene::index
