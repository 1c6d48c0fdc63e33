#include "index/mapping/mapping.h"

#include <set>

#include "base/wildcard.h"
#include "index/mapping/mapping_merger.h"
#include "index/mapping/mapping_parser.h"
#include "index/mapping/mapping_renderer.h"
#include "index/mapping/mapping_tree.h"
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
                                                      MappingLimits limits) {
    auto mapping = std::make_shared<MappingImpl>();
    mapping->definition_ = std::move(definition);
    mapping->analyzers_ = std::move(analyzers);
    mapping->limits_ = limits;
    mapping->root_.root = &mapping->definition_;
    RETURN_IF_ERROR(mapping->resolve(*mapping->definition_.object, Dynamic::kTrue, 1, mapping->root_));
    if (mapping->num_fields() > limits.total_fields) {
      return Error(ErrorCode::kIllegalArgument, "Limit of total fields [{}] has been exceeded", limits.total_fields);
    }
    RETURN_IF_ERROR(mapping->check_copies());
    return std::shared_ptr<const Mapping>(std::move(mapping));
  }

  Result<std::shared_ptr<const Mapping>> merge(base::JsonValue mappings) const override {
    ASSIGN_OR_RETURN(const RootDefinition update, parse_mapping(mappings, *analyzers_));
    ASSIGN_OR_RETURN(RootDefinition merged, merge_mappings(definition_, update));
    return build(std::move(merged), analyzers_, limits_);
  }

  const MappedField* find(std::string_view name) const override {
    const auto found = fields_.find(name);
    return found == fields_.end() ? nullptr : &found->second;
  }
  bool is_object(std::string_view path) const override { return objects_.contains(path); }
  const Fields& fields() const override { return fields_; }
  std::vector<const MappedField*> match(std::string_view pattern) const override {
    std::vector<const MappedField*> result;
    for (const auto& [name, field] : fields_) {
      if (base::matches_wildcard(pattern, name)) result.push_back(&field);
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
  int32_t num_fields() const override { return static_cast<int32_t>(fields_.size() + objects_.size()); }

 private:
  Status resolve(const ObjectDefinition& object, Dynamic inherited, int32_t depth, ObjectNode& node) {
    node.path = object.path;
    node.dynamic = object.dynamic.value_or(inherited);
    node.enabled = object.enabled.value_or(true);
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
    MappedField& field = fields_.insert_or_assign(leaf.field.name, leaf.field).first->second;
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

  RootDefinition definition_;
  std::shared_ptr<const AnalyzerRegistry> analyzers_;
  MappingLimits limits_;
  ObjectNode root_;
  Fields fields_;
  std::set<std::string, std::less<>> objects_;
};

}  // namespace

std::string join_path(std::string_view path, std::string_view name) {
  std::string joined(path);
  if (!joined.empty()) joined += '.';
  joined += name;
  return joined;
}

std::shared_ptr<const Mapping> Mapping::empty(std::shared_ptr<const AnalyzerRegistry> analyzers, MappingLimits limits) {
  RootDefinition definition;
  definition.object = std::make_shared<ObjectDefinition>();
  return MappingImpl::build(std::move(definition), std::move(analyzers), limits).value();
}

}  // namespace selene::index
