#include "index/mapping/mapping_parser.h"

#include <algorithm>
#include <optional>

#include "base/json/json_writer.h"
#include "index/mapping/mapping_values.h"
#include "index/mapping/property_names.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/subobjects.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

/// Nesting that no depth limit allows, so that a hostile mapping cannot use up the stack.
constexpr int kMaxNesting = 500;

class Parser {
 public:
  Parser(const AnalyzerRegistry& analyzers, const Similarities& similarities, std::string_view default_inference_id,
         const ObjectDefinition* base)
      : analyzers_(analyzers), similarities_(similarities), default_inference_id_(default_inference_id), base_(base) {}

  Result<RootDefinition> root(JsonValue mappings) {
    RootDefinition root;
    auto object = std::make_shared<ObjectDefinition>();
    RETURN_IF_ERROR(begin_object(mappings, *object));
    std::string rest;
    for (const auto& [key, value] : mappings.as_object()) {
      if (key == "date_detection") {
        ASSIGN_OR_RETURN(root.date_detection, boolean_setting(value));
      } else if (key == "numeric_detection") {
        ASSIGN_OR_RETURN(root.numeric_detection, boolean_setting(value));
      } else if (key == "dynamic_date_formats") {
        ASSIGN_OR_RETURN(root.dynamic_date_formats, text_list(value));
      } else if (key == "_meta" || key == "_source" || key == "_routing" || key == "dynamic_templates" ||
                 key == "_data_stream_timestamp") {
        if (key == "dynamic_templates") {
          ASSIGN_OR_RETURN(root.dynamic_templates, parse_dynamic_templates(value));
          RETURN_IF_ERROR(check_templates(root.dynamic_templates, value));
        }
        base::JsonWriter out;
        out.value(value);
        root.raw.emplace(key, out.take());
      } else {
        ASSIGN_OR_RETURN(const bool known, object_parameter(key, value, *object, 0));
        if (!known) rest += base::format(" [{} : {}]", key, java_text(value));
      }
    }
    if (!rest.empty()) return Error(ErrorCode::kMapperParsing, "Root mapping definition has unsupported parameters: {}", rest);
    root.object = std::move(object);
    return root;
  }

 private:
  /// Tries each template that says what it is for on the kinds of values it may meet.
  Status check_templates(const std::vector<DynamicTemplate>& templates, JsonValue json) {
    size_t i = 0;
    for (const JsonValue entry : json.as_array()) {
      const DynamicTemplate& dynamic_template = templates[i++];
      std::optional<Error> failure;
      bool any = false;
      std::string tried;
      for (const auto type : {DynamicType::kObject, DynamicType::kString, DynamicType::kLong, DynamicType::kDouble,
                              DynamicType::kBoolean, DynamicType::kDate, DynamicType::kBinary}) {
        const auto& wanted = dynamic_template.match_mapping_type;
        const std::string_view type_name = dynamic_type_name(type);
        if (!wanted.empty() && std::ranges::find(wanted, type_name) == wanted.end() &&
            std::ranges::find(wanted, "*") == wanted.end())
          continue;
        tried += (tried.empty() ? "" : ", ") + std::string(type_name);
        ASSIGN_OR_RETURN(const auto definition, base::JsonDocument::parse(dynamic_template.definition("__dynamic__", type)));
        ObjectDefinition scratch;
        auto status = property("__dynamic__" + dynamic_template.name, definition.root(), scratch, 0);
        any = any || status.has_value();
        if (!status) failure = std::move(status).error();
      }
      if (any || !failure) continue;
      base::JsonWriter body;
      body.value((*entry.as_object().begin()).value);
      return Error(ErrorCode::kMapperParsing,
                   "dynamic template [{}] has invalid content [{}], attempted to validate it with the following "
                   "match_mapping_type: [{}]",
                   dynamic_template.name, body.text(), tried)
          .with_cause(std::move(*failure));
    }
    return {};
  }

  /// False if an object has no such parameter.
  Result<bool> object_parameter(std::string_view key, JsonValue value, ObjectDefinition& object, int nesting) {
    if (key == "dynamic") {
      ASSIGN_OR_RETURN(object.dynamic, dynamic_setting(value));
    } else if (key == "enabled") {
      ASSIGN_OR_RETURN(object.enabled, boolean_setting(value));
    } else if (key == "subobjects") {
      ASSIGN_OR_RETURN(object.subobjects, read_subobjects(value, object));
    } else if (key == "properties") {
      RETURN_IF_ERROR(properties(value, object, nesting));
    } else if (object.nested.value_or(false) && key == "include_in_parent") {
      ASSIGN_OR_RETURN(object.include_in_parent, boolean_setting(value));
    } else if (object.nested.value_or(false) && key == "include_in_root") {
      ASSIGN_OR_RETURN(object.include_in_root, boolean_setting(value));
    } else {
      return false;
    }
    return true;
  }

  Status properties(JsonValue value, ObjectDefinition& object, int nesting) {
    if (value.is_array() && value.as_array().empty()) return {};
    if (!value.is_object())
      return Error(ErrorCode::kMapperParsing, "Expected map for property [properties] on field [{}] but got [{}]", object.path,
                   java_text(value));
    for (const auto& [name, definition] : value.as_object()) RETURN_IF_ERROR(property(name, definition, object, nesting));
    return {};
  }

  Status property(std::string_view name, JsonValue definition, ObjectDefinition& parent, int nesting) {
    if (nesting > kMaxNesting)
      return Error(ErrorCode::kIllegalArgument, "Limit of mapping depth [{}] has been exceeded", kMaxNesting);
    if (definition.is_array() && definition.as_array().empty()) return {};
    if (!definition.is_object()) {
      return Error(ErrorCode::kMapperParsing, "Expected map for property [fields] on field [{}] but got a class java.lang.String",
                   name);
    }
    RETURN_IF_ERROR(check_property_name(name));
    ASSIGN_OR_RETURN(const std::string type, property_type(name, definition));
    if (!holds_objects(parent)) return flat_property(name, type, definition, parent, nesting);
    // a.b.c opens the objects a and a.b
    const size_t dot = name.find('.');
    if (dot != std::string_view::npos) {
      ASSIGN_OR_RETURN(auto object, open_object(parent, name.substr(0, dot)));
      RETURN_IF_ERROR(property(name.substr(dot + 1), definition, *object, nesting + 1));
      parent.children.insert_or_assign(std::string(name.substr(0, dot)), Definition{std::move(object), nullptr});
      return {};
    }
    const std::string path = join_path(parent.path, name);
    if (type == "object" || type == "nested") return object_property(name, type == "nested", definition, parent, nesting);
    ASSIGN_OR_RETURN(auto leaf, field(name, path, type, definition, MultiField::kNo));
    parent.children.insert_or_assign(std::string(name), Definition{nullptr, std::move(leaf)});
    return {};
  }

  /// A copy of the object `name` of `parent`, empty if there is none yet, to be put back.
  Result<std::shared_ptr<ObjectDefinition>> open_object(const ObjectDefinition& parent, std::string_view name) const {
    const auto found = parent.children.find(name);
    if (found == parent.children.end()) {
      auto object = std::make_shared<ObjectDefinition>();
      object->path = join_path(parent.path, name);
      if (base_ != nullptr && is_flat(*base_, object->path)) object->subobjects = false;
      return object;
    }
    if (found->second.object == nullptr) {
      return Error(ErrorCode::kIllegalArgument, "can't merge a non-object mapping [{}] with an object mapping",
                   join_path(parent.path, name));
    }
    return std::make_shared<ObjectDefinition>(*found->second.object);
  }

  /// What has to be known of an object before its properties are read, wherever it stands among them.
  Status begin_object(JsonValue definition, ObjectDefinition& object) const {
    if (base_ != nullptr && is_flat(*base_, object.path)) object.subobjects = false;
    const JsonValue subobjects = definition["subobjects"];
    if (!subobjects.exists()) return {};
    ASSIGN_OR_RETURN(object.subobjects, read_subobjects(subobjects, object));
    return {};
  }

  /// A child of an object that holds no others: those it would have become longer names.
  Status flat_property(std::string_view name, const std::string& type, JsonValue definition, ObjectDefinition& parent,
                       int nesting) {
    if (type == "nested") {
      return Error(ErrorCode::kMapperParsing, "Tried to add nested object [{}] to object [{}] which does not support subobjects",
                   name, parent.path.empty() ? "_doc" : std::string_view(parent.path));
    }
    if (type != "object") {
      ASSIGN_OR_RETURN(auto leaf, field(name, join_path(parent.path, name), type, definition, MultiField::kNo));
      parent.children.insert_or_assign(std::string(name), Definition{nullptr, std::move(leaf)});
      return {};
    }
    ObjectDefinition around;
    around.path = parent.path;
    around.subobjects = true;
    RETURN_IF_ERROR(object_property(name, false, definition, around, nesting + 1));
    return flatten_into(parent, name, *around.children.begin()->second.object);
  }

  Status object_property(std::string_view name, bool nested, JsonValue definition, ObjectDefinition& parent, int nesting) {
    ASSIGN_OR_RETURN(auto object, open_object(parent, name));
    if (nested || definition["type"].exists() || definition["properties"].exists()) object->nested = nested;
    RETURN_IF_ERROR(begin_object(definition, *object));
    std::string rest;
    for (const auto& [key, value] : definition.as_object()) {
      if (key == "type") continue;
      ASSIGN_OR_RETURN(const bool known, object_parameter(key, value, *object, nesting + 1));
      if (!known) rest += base::format(" [{} : {}]", key, java_text(value));
    }
    if (!rest.empty())
      return Error(ErrorCode::kMapperParsing, "Mapping definition for [{}] has unsupported parameters: {}", name, rest);
    parent.children.insert_or_assign(std::string(name), Definition{std::move(object), nullptr});
    return {};
  }

  enum class MultiField : uint8_t { kNo, kYes };

  Result<std::shared_ptr<const LeafDefinition>> field(std::string_view name, const std::string& path, std::string_view type,
                                                      JsonValue definition, MultiField multi_field) {
    auto leaf = std::make_shared<LeafDefinition>();
    leaf->type = find_field_type(type);
    if (leaf->type == nullptr)
      return Error(ErrorCode::kMapperParsing, "No handler for type [{}] declared on field [{}]", type, name);
    leaf->field.name = path;
    leaf->field.type = leaf->type->type;
    leaf->field.type_name = leaf->type->name;
    leaf->type->init(analyzers_, leaf->field);
    leaf->field.similarity = *similarities_.find("default");
    if (leaf->field.semantic != nullptr) set_inference_id(leaf->field, default_inference_id_);
    for (const auto& [key, value] : definition.as_object()) {
      if (key == "type") continue;
      if (key == "fields") {
        RETURN_IF_ERROR(multi_fields(name, value, *leaf));
      } else if (key == "copy_to") {
        if (multi_field == MultiField::kYes) {
          return Error(ErrorCode::kMapperParsing,
                       "copy_to in multi fields is not allowed. Found the copy_to in field [{}] which is within a multi field.",
                       name);
        }
        ASSIGN_OR_RETURN(leaf->field.copy_to, text_list(value));
      } else {
        RETURN_IF_ERROR(parameter(name, key, value, *leaf));
        if (key == "similarity" && leaf->type->type != FieldType::kDenseVector)
          RETURN_IF_ERROR(choose_similarity(name, java_text(value), leaf->field));
      }
    }
    if (leaf->type->complete != nullptr) RETURN_IF_ERROR(leaf->type->complete(leaf->field, leaf->parameters));
    RETURN_IF_ERROR(leaf->type->finish(leaf->field));
    return std::shared_ptr<const LeafDefinition>(std::move(leaf));
  }

  Status choose_similarity(std::string_view name, std::string_view similarity, MappedField& field) {
    const Similarity* const known = similarities_.find(similarity);
    if (known == nullptr) return Error(ErrorCode::kMapperParsing, "Unknown Similarity type [{}] for field [{}]", similarity, name);
    field.similarity = *known;
    return {};
  }

  Status parameter(std::string_view name, std::string_view key, JsonValue value, LeafDefinition& leaf) {
    for (const Parameter& parameter : leaf.type->parameters) {
      if (parameter.name != key) continue;
      if (value.is_null() && !parameter.accepts_null) {
        return Error(ErrorCode::kMapperParsing, "[{}] on mapper [{}] of type [{}] must not have a [null] value", key, name,
                     leaf.type->name);
      }
      ASSIGN_OR_RETURN(std::string json, parameter.parse(value, analyzers_, leaf.field));
      leaf.parameters.insert_or_assign(std::string(key), std::move(json));
      return {};
    }
    return Error(ErrorCode::kMapperParsing, "unknown parameter [{}] on mapper [{}] of type [{}]", key, name, leaf.type->name);
  }

  Status multi_fields(std::string_view parent_name, JsonValue value, LeafDefinition& leaf) {
    if (value.is_array() && value.as_array().empty()) return {};
    if (!value.is_object()) {
      return Error(ErrorCode::kMapperParsing, "expected map for property [fields] on field [{}] but got a class java.lang.String",
                   parent_name);
    }
    for (const auto& [name, definition] : value.as_object()) {
      if (!definition.is_object())
        return Error(ErrorCode::kMapperParsing, "illegal field [{}], only fields can be specified inside fields", name);
      if (name.find('.') != std::string_view::npos || name.empty()) {
        return Error(ErrorCode::kMapperParsing, "Field name [{}] which is a multi field of [{}] cannot contain '.'", name,
                     parent_name);
      }
      const JsonValue type = definition["type"];
      if (!type.is_string()) return Error(ErrorCode::kMapperParsing, "no type specified for property [{}]", name);
      if (type.as_string() == "object" || type.as_string() == "nested") {
        return Error(ErrorCode::kMapperParsing, "Type [{}] cannot be used in multi field", type.as_string());
      }
      ASSIGN_OR_RETURN(auto sub, field(name, join_path(leaf.field.name, name), type.as_string(), definition, MultiField::kYes));
      leaf.multi_fields.insert_or_assign(std::string(name), std::move(sub));
    }
    return {};
  }

  const AnalyzerRegistry& analyzers_;
  const Similarities& similarities_;
  std::string_view default_inference_id_;
  const ObjectDefinition* base_;  ///< the root of the mapping that this one changes; null: of none
};

}  // namespace

Result<RootDefinition> parse_mapping(JsonValue mappings, const AnalyzerRegistry& analyzers, const Similarities& similarities,
                                     std::string_view default_inference_id, const ObjectDefinition& base) {
  if (!mappings.is_object()) {
    if (mappings.is_null()) return RootDefinition{std::make_shared<ObjectDefinition>(), {}, {}, {}, {}, {}};
    return Error(ErrorCode::kMapperParsing, "Failed to parse mapping: Expected map but got [{}]", java_text(mappings));
  }
  auto root = Parser(analyzers, similarities, default_inference_id, &base).root(mappings);
  if (root) return root;
  Error cause = std::move(root).error();
  std::string reason = "Failed to parse mapping: " + cause.reason();
  return Error(ErrorCode::kMapperParsing, std::move(reason)).with_cause(std::move(cause));
}

}  // namespace selene::index
