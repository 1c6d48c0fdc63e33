#include "index/mapping/mapping.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "base/wildcard.h"
#include "index/mapping/mapping_merger.h"
#include "index/mapping/mapping_parser.h"
#include "index/mapping/mapping_renderer.h"
#include "index/mapping/mapping_tree.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using Fields = std::map<std::string, MappedField, std::less<>>;

class MappingImpl final : public Mapping {
 public:
  static Result<std::shared_ptr<const Mapping>> build(RootDefinition definition, std::shared_ptr<const AnalyzerRegistry> analyzers,
                                                      MappingLimits limits, std::shared_ptr<const Similarities> similarities,
                                                      std::string default_inference_id) {
    auto mapping = std::make_shared<MappingImpl>();
    mapping->definition_ = std::move(definition);
    mapping->analyzers_ = std::move(analyzers);
    mapping->limits_ = limits;
    mapping->similarities_ = std::move(similarities);
    mapping->default_inference_id_ = std::move(default_inference_id);
    mapping->root_.root = &mapping->definition_;
    RETURN_IF_ERROR(mapping->resolve(*mapping->definition_.object, Dynamic::kTrue, 1, mapping->root_));
    if (static_cast<int32_t>(mapping->nested_.size()) > limits.nested_fields)
      return Error(ErrorCode::kIllegalArgument, "Limit of nested fields [{}] has been exceeded", limits.nested_fields);
    if (mapping->num_fields() > limits.total_fields) {
      return Error(ErrorCode::kIllegalArgument, "Limit of total fields [{}] has been exceeded", limits.total_fields);
    }
    RETURN_IF_ERROR(mapping->find_semantic());
    RETURN_IF_ERROR(mapping->check_copies());
    RETURN_IF_ERROR(mapping->check_aliases());
    return std::shared_ptr<const Mapping>(std::move(mapping));
  }

  Result<std::shared_ptr<const Mapping>> merge(base::JsonValue mappings) const override {
    ASSIGN_OR_RETURN(const RootDefinition update,
                     parse_mapping(mappings, *analyzers_, *similarities_, default_inference_id_, *definition_.object));
    ASSIGN_OR_RETURN(RootDefinition merged, merge_mappings(definition_, update));
    return build(std::move(merged), analyzers_, limits_, similarities_, default_inference_id_);
  }

  const MappedField* find(std::string_view name) const override {
    const auto found = fields_.find(name);
    if (found != fields_.end()) return &found->second;
    if (const auto alias = aliases_.find(name); alias != aliases_.end()) return find(alias->second.alias_path);
    for (const MappedField* const field : semantic_) {
      const MappedField* const embeddings = field->semantic->embeddings.get();
      if (embeddings != nullptr && embeddings->name == name) return embeddings;
    }
    return has_flattened_ ? flattened_key(name) : nullptr;
  }
  bool is_object(std::string_view path) const override { return objects_.contains(path); }
  bool is_nested(std::string_view path) const override {
    const auto holds_chunks = [&](const MappedField* field) { return field->semantic->chunks_path == path; };
    return nested_.contains(path) || std::ranges::any_of(semantic_, holds_chunks);
  }
  std::string_view nested_parent(std::string_view path) const override {
    for (const MappedField* const field : semantic_) {
      const std::string& chunks = field->semantic->chunks_path;
      if (path.size() > chunks.size() && path.starts_with(chunks) && path[chunks.size()] == '.') return chunks;
    }
    for (size_t dot = path.rfind('.'); !nested_.empty() && dot != std::string_view::npos; dot = path.rfind('.')) {
      path = path.substr(0, dot);
      if (const auto found = nested_.find(path); found != nested_.end()) return *found;
    }
    return {};
  }
  bool has_nested() const override { return !nested_.empty() || !semantic_.empty(); }
  const std::vector<const MappedField*>& semantic_fields() const override { return semantic_; }
  const Fields& fields() const override { return fields_; }
  std::vector<const MappedField*> match(std::string_view pattern) const override {
    std::vector<const MappedField*> result;
    for (const auto& [name, field] : fields_) {
      if (base::matches_wildcard(pattern, name)) result.push_back(&field);
    }
    for (const auto& [name, alias] : aliases_) {
      const MappedField* const target = base::matches_wildcard(pattern, name) ? find(alias.alias_path) : nullptr;
      if (target != nullptr && std::ranges::find(result, target) == result.end()) result.push_back(target);
    }
    if (result.empty() && has_flattened_ && pattern.find('*') == std::string_view::npos) {
      if (const MappedField* const key = flattened_key(pattern)) result.push_back(key);
    }
    return result;
  }
  Dynamic dynamic() const override { return root_.dynamic; }
  void write_json(base::JsonWriter& out) const override {
    out.begin_object();
    render_mapping(definition_, out);
    out.end_object();
  }
  const std::shared_ptr<const AnalyzerRegistry>& analyzers() const override { return analyzers_; }
  const ObjectNode& root() const override { return root_; }
  const MappingLimits& limits() const override { return limits_; }
  int32_t num_fields() const override { return static_cast<int32_t>(fields_.size() + aliases_.size() + objects_.size()); }

 private:
  Status resolve(const ObjectDefinition& object, Dynamic inherited, int32_t depth, ObjectNode& node) {
    node.path = object.path;
    node.dynamic = object.dynamic.value_or(inherited);
    node.enabled = object.enabled.value_or(true);
    node.nested = object.nested.value_or(false);
    node.include_in_parent = object.include_in_parent.value_or(false);
    node.include_in_root = object.include_in_root.value_or(false);
    node.subobjects = object.subobjects.value_or(true);
    if (node.nested) nested_.insert(node.path);
    node.root = &definition_;
    if (depth > limits_.depth) {
      return Error(ErrorCode::kIllegalArgument, "Limit of mapping depth [{}] has been exceeded due to object field [{}]",
                   limits_.depth, object.path);
    }
    for (const auto& [name, child] : object.children) {
      ChildNode& slot = node.children[name];
      if (child.leaf != nullptr) {
        ASSIGN_OR_RETURN(slot.leaf, resolve_leaf(*child.leaf));
        continue;
      }
      slot.object = std::make_unique<ObjectNode>();
      objects_.insert(child.object->path);
      RETURN_IF_ERROR(resolve(*child.object, node.dynamic, depth + 1, *slot.object));
    }
    return {};
  }

  Result<std::unique_ptr<LeafNode>> resolve_leaf(const LeafDefinition& leaf) {
    auto node = std::make_unique<LeafNode>();
    Fields& into = leaf.field.type == FieldType::kAlias ? aliases_ : fields_;
    MappedField& field = into.insert_or_assign(leaf.field.name, leaf.field).first->second;
    has_flattened_ = has_flattened_ || field.type == FieldType::kFlattened;
    base::JsonWriter json;
    render_field(leaf, ShowMultiFields::kNo, json);
    field.json = json.take();
    node->field = &field;
    node->type = leaf.type;
    if (field.null_value) RETURN_IF_ERROR(resolve_null_value(*node));
    for (const auto& [name, sub] : leaf.multi_fields) {
      field.multi_fields.push_back(sub->field.name);
      ASSIGN_OR_RETURN(auto sub_node, resolve_leaf(*sub));
      node->multi_fields.push_back(std::move(sub_node));
    }
    return node;
  }

  /// Parses the null_value once, and tries it on the type.
  static Status resolve_null_value(LeafNode& node) {
    ASSIGN_OR_RETURN(node.null_value, base::JsonDocument::parse(*node.field->null_value));
    ParsedDocument scratch;
    ValueSink sink(*node.null_value, scratch);
    auto status = node.type->parse(node.null_value->root(), *node.field, sink);
    if (status) return {};
    std::string reason = base::format("Failed to parse mapping: Error parsing [null_value] on field [{}]: {}", node.field->name,
                                      status.error().reason());
    return Error(ErrorCode::kMapperParsing, std::move(reason)).with_cause(std::move(status).error());
  }

  Status find_semantic() {
    for (const auto& [name, field] : fields_) {
      if (field.type != FieldType::kSemanticText) continue;
      if (!nested_parent(name).empty())
        return Error(ErrorCode::kIllegalArgument, "semantic_text field [{}] cannot be nested", name);
      semantic_.push_back(&field);
    }
    return {};
  }

  Status check_copies() const {
    for (const auto& [name, field] : fields_) {
      for (const std::string& target : field.copy_to) {
        if (objects_.contains(target)) {
          return Error(ErrorCode::kIllegalArgument, "Cannot copy to field [{}] since it is mapped as an object", target);
        }
      }
    }
    return {};
  }

  Status check_aliases() const {
    for (const auto& [name, alias] : aliases_) {
      const auto refuse = [&, &alias_name = name, &path = alias.alias_path](std::string_view why) {
        return Error(ErrorCode::kMapperParsing, "Invalid [path] value [{}] for field alias [{}]: {}", path, alias_name, why);
      };
      if (alias.alias_path == name) return refuse("an alias cannot refer to itself.");
      if (aliases_.contains(alias.alias_path)) return refuse("an alias cannot refer to another alias.");
      if (find(alias.alias_path) == nullptr) return refuse("an alias must refer to an existing field in the mappings.");
      const std::string_view scope = nested_parent(name);
      const std::string_view target_scope = nested_parent(alias.alias_path);
      if (scope == target_scope) continue;
      return Error(
          ErrorCode::kIllegalArgument,
          "Invalid [path] value [{}] for field alias [{}]: an alias must have the same nested scope as its target. {}, but {}",
          alias.alias_path, name,
          scope.empty() ? std::string("The alias is not nested") : base::format("The alias's nested scope is [{}]", scope),
          target_scope.empty() ? std::string("the target is not nested.")
                               : base::format("the target's nested scope is [{}].", target_scope));
    }
    return {};
  }

  /// `attributes.color` of a flattened field `attributes`. Made when it is asked for first, kept as long as the mapping.
  const MappedField* flattened_key(std::string_view name) const {
    for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
      const auto root = fields_.find(name.substr(0, dot));
      if (root == fields_.end() || root->second.type != FieldType::kFlattened || dot + 1 == name.size()) continue;
      const std::lock_guard lock(keys_mutex_);
      if (const auto known = keys_.find(name); known != keys_.end()) return &known->second;
      if (keys_.size() >= kMaxFlattenedKeys) return nullptr;
      MappedField& key = keys_.emplace(name, root->second).first->second;
      key.name = name;
      key.flattened_key = name.substr(dot + 1);
      return &key;
    }
    return nullptr;
  }

  static constexpr size_t kMaxFlattenedKeys = 10'000;

  RootDefinition definition_;
  std::shared_ptr<const AnalyzerRegistry> analyzers_;
  MappingLimits limits_;
  std::shared_ptr<const Similarities> similarities_;
  std::string default_inference_id_;
  ObjectNode root_;
  Fields fields_;
  Fields aliases_;
  std::set<std::string, std::less<>> objects_;
  std::set<std::string, std::less<>> nested_;
  std::vector<const MappedField*> semantic_;
  bool has_flattened_ = false;
  mutable std::mutex keys_mutex_;
  mutable Fields keys_;
};

}  // namespace

std::string join_path(std::string_view path, std::string_view name) {
  std::string joined(path);
  if (!joined.empty()) joined += '.';
  joined += name;
  return joined;
}

std::shared_ptr<const Mapping> Mapping::empty(std::shared_ptr<const AnalyzerRegistry> analyzers, MappingLimits limits,
                                              std::shared_ptr<const Similarities> similarities,
                                              std::string_view default_inference_id) {
  if (similarities == nullptr) similarities = Similarities::create({}).value();
  RootDefinition definition;
  definition.object = std::make_shared<ObjectDefinition>();
  return MappingImpl::build(std::move(definition), std::move(analyzers), limits, std::move(similarities),
                            std::string(default_inference_id))
      .value();
}

}  // namespace selene::index
