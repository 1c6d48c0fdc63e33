#include "index/mapping/document_parser.h"

#include <algorithm>
#include <array>

#include "index/mapping/dynamic_fields.h"
#include "index/mapping/mapping_tree.h"
#include "index/mapping/mapping_values.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonPosition;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr std::array<std::string_view, 9> kMetadataFields = {"_id",      "_index",   "_routing", "_source",     "_seq_no",
                                                             "_version", "_ignored", "_tier",    "_field_names"};

class DocumentParser {
 public:
  DocumentParser(const base::JsonDocument& json, std::string_view id, std::shared_ptr<const Mapping> mapping)
      : json_(json), id_(id), mapping_(*mapping), sink_(json, document_), dynamic_(mapping_) {
    document_.mapping = std::move(mapping);
    sink_.document_description = id.empty() ? "a document" : base::format("document with id '{}'", id);
  }

  Result<ParsedDocument> run(const base::JsonDocument* inference) {
    const JsonValue root = json_.root();
    if (!root.is_object()) return at(root, "Malformed content, must start with an object");
    RETURN_IF_ERROR(check_metadata(root));
    if (inference != nullptr) RETURN_IF_ERROR(add_chunks(*inference));
    if (mapping_.root().enabled) RETURN_IF_ERROR(object(root, &mapping_.root(), mapping_.root().path, mapping_.root().dynamic));
    for (const auto& [path, definition] : sink_.mapping_updates()) dynamic_.add_update(path, definition);
    document_.dynamic_update = dynamic_.update();
    std::ranges::sort(document_.ignored);
    // Not that of std::ranges, whose subrange clang 14 cannot make with this standard library.
    document_.ignored.erase(std::unique(document_.ignored.begin(), document_.ignored.end()), document_.ignored.end());
    return std::move(document_);
  }

 private:
  /// Chunks of semantic_text fields. A field that the mapping no longer has as such gets none.
  Status add_chunks(const base::JsonDocument& inference) {
    for (const MappedField* const field : mapping_.semantic_fields()) {
      const SemanticText& semantic = *field->semantic;
      const JsonValue chunks = inference.root()[field->name]["chunks"];
      if (semantic.embeddings == nullptr || !chunks.is_array()) continue;
      const FieldTypeEntry* const type = find_field_type(semantic.embeddings->type_name);
      for (const JsonValue chunk : chunks.as_array()) {
        NestedDocument nested{semantic.chunks_path, {}};
        ValueSink sink(inference, document_);
        sink.document_description = sink_.document_description;
        sink.redirect(&nested.values);
        RETURN_IF_ERROR(type->parse(chunk["embeddings"], *semantic.embeddings, sink));
        document_.nested.push_back(std::move(nested));
      }
    }
    return {};
  }

  // ---- messages

  Error at(JsonValue value, std::string_view text) const {
    const JsonPosition position = json_.position_of(value);
    return Error(ErrorCode::kDocumentParsing, "[{}:{}] {}", position.line, position.column, text);
  }
  Error wrap(JsonValue value, Error cause) const {
    return at(value, "failed to parse: " + cause.reason()).with_cause(std::move(cause));
  }

  /// Elasticsearch has read an object to its end when it fails: the place is that of the closing bracket.
  JsonPosition place_of_failure(JsonValue value) const {
    JsonPosition position = json_.position_of(value);
    if (!value.is_object() && !value.is_array()) return position;
    const std::string_view text = json_.text_of(value);
    for (const char c : text.substr(0, text.empty() ? 0 : text.size() - 1)) {
      position.line += c == '\n';
      position.column = c == '\n' ? 1 : position.column + 1;
    }
    return position;
  }

  Error field_error(std::string_view path, std::string_view type, JsonValue value, Error cause) const {
    return field_error(path, type, value, java_text(value), std::move(cause));
  }
  Error field_error(std::string_view path, std::string_view type, JsonValue value, std::string_view preview, Error cause) const {
    const JsonPosition position = place_of_failure(value);
    return Error(ErrorCode::kDocumentParsing,
                 "[{}:{}] failed to parse field [{}] of type [{}] in {}. Preview of field's value: '{}'", position.line,
                 position.column, path, type, sink_.document_description, preview)
        .with_cause(std::move(cause));
  }

  /// The types whose failures are not those of a field but of the document.
  Error vector_error(JsonValue value, Error cause) const {
    const JsonPosition position = place_of_failure(value);
    return Error(ErrorCode::kDocumentParsing, "[{}:{}] failed to parse: {}", position.line, position.column, cause.reason())
        .with_cause(std::move(cause));
  }

  /// A range is read bound by bound: the error is that of a bound, or of the range, whose bounds have been read then.
  Error range_error(const MappedField& field, JsonValue value, Error cause) {
    const std::optional<JsonValue> bound = sink_.take_blamed();
    if (!bound && value.is_object()) return field_error(field.name, field.type_name, value, "null", std::move(cause));
    return field_error(field.name, field.type_name, bound.value_or(value), std::move(cause));
  }

  Status check_metadata(JsonValue root) const {
    for (const auto& [key, value] : root.as_object()) {
      if (!key.starts_with('_') || std::ranges::find(kMetadataFields, key) == kMetadataFields.end()) continue;
      const std::string text = base::format(
          "Field [{}] is a metadata field and cannot be added inside a document. Use the index API request parameters.", key);
      return field_error(key, key, value, at(value, text));
    }
    return {};
  }

  // ---- values of known fields

  Status scalar(const LeafNode& leaf, JsonValue value) {
    const MappedField& field = *leaf.field;
    if (value.is_null()) return null_value(leaf);
    if (auto status = leaf.type->parse(value, field, sink_); !status) {
      if (field.type == FieldType::kDenseVector || field.type == FieldType::kSparseVector)
        return vector_error(value, std::move(status).error());
      if (field.type == FieldType::kAlias) return at(value, status.error().reason());
      if (is_range(field.type)) return range_error(field, value, std::move(status).error());
      if (!field.ignore_malformed || value.is_object())
        return field_error(field.name, field.type_name, value, std::move(status).error());
      sink_.ignore(field);
    }
    for (const auto& sub : leaf.multi_fields) RETURN_IF_ERROR(scalar(*sub, value));
    return {};
  }

  Status null_value(const LeafNode& leaf) {
    if (leaf.null_value) {
      ValueSink sink(*leaf.null_value, document_);
      sink.redirect(values());
      RETURN_IF_ERROR(leaf.type->parse(leaf.null_value->root(), *leaf.field, sink));
    }
    for (const auto& sub : leaf.multi_fields) RETURN_IF_ERROR(null_value(*sub));
    return {};
  }

  /// [lon, lat] is one value of a geo_point, any array one of a dense_vector.
  static bool is_one_value(const LeafNode& leaf, JsonValue array) {
    if (leaf.field->type == FieldType::kDenseVector) return true;
    if (leaf.field->type != FieldType::kGeoPoint || array.as_array().empty()) return false;
    return (*array.as_array().begin()).is_number();
  }

  Status leaf_value(const LeafNode& leaf, JsonValue value) {
    if (value.is_array() && !is_one_value(leaf, value)) {
      for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(leaf_value(leaf, element));
      return {};
    }
    RETURN_IF_ERROR(scalar(leaf, value));
    if (!value.is_null()) {
      for (const std::string& target : leaf.field->copy_to) RETURN_IF_ERROR(copy(target, value));
    }
    return {};
  }

  /// Walks to `target` from the root; what is missing there is made by the rules of dynamic mapping.
  Status copy(std::string_view target, JsonValue value) {
    const ObjectNode* node = &mapping_.root();
    Dynamic mode = node->dynamic;
    std::string_view rest = target;
    const Redirect redirect(sink_, values_for(target));
    while (node != nullptr) {
      const size_t dot = node->subobjects ? rest.find('.') : std::string_view::npos;
      const auto found = node->children.find(rest.substr(0, dot));
      mode = node->dynamic;
      if (found == node->children.end()) break;
      if (found->second.leaf != nullptr) {
        if (dot == std::string_view::npos) return scalar(*found->second.leaf, value);
        return existing_leaf_error(target, *found->second.leaf, value);
      }
      node = found->second.object.get();
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    return unknown_scalar(std::string(target), value, mode);
  }

  // ---- objects

  /// The types that take an object as a value of theirs.
  static bool takes_objects(const LeafNode& leaf) {
    switch (leaf.field->type) {
      case FieldType::kFlattened:
      case FieldType::kGeoPoint:
      case FieldType::kRankFeatures:
      case FieldType::kSparseVector:
      case FieldType::kSemanticText: return true;
      default: return is_range(leaf.field->type);
    }
  }

  /// An object without objects of its own: those of the document make names longer. `prefix`: of names within `node`.
  Status flat_object(JsonValue value, const ObjectNode& node, const std::string& prefix) {
    for (const auto& [key, member] : value.as_object()) {
      if (auto status = check_name(key); !status) return wrap(member, std::move(status).error());
      RETURN_IF_ERROR(flat_value(member, node, join_path(prefix, key)));
    }
    return {};
  }

  Status flat_value(JsonValue value, const ObjectNode& node, const std::string& name) {
    const auto found = node.children.find(name);
    const LeafNode* const leaf = found == node.children.end() ? nullptr : found->second.leaf.get();
    if (value.is_object() && (leaf == nullptr || !takes_objects(*leaf))) return flat_object(value, node, name);
    if (value.is_array() && (leaf == nullptr || !is_one_value(*leaf, value)) && !(leaf == nullptr && is_dynamic_vector(value))) {
      for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(flat_value(element, node, name));
      return {};
    }
    if (leaf != nullptr) return leaf_value(*leaf, value);
    return value.is_null() ? Status() : unknown_scalar(join_path(node.path, name), value, node.dynamic);
  }

  Status object(JsonValue value, const ObjectNode* node, const std::string& path, Dynamic mode) {
    if (node != nullptr && !node->subobjects) return flat_object(value, *node, {});
    for (const auto& [key, member] : value.as_object()) {
      if (node != nullptr) {
        if (const auto found = node->children.find(key); found != node->children.end()) {
          RETURN_IF_ERROR(child(found->second, key, member));
          continue;
        }
      }
      RETURN_IF_ERROR(unknown_key(key, member, node, path, mode));
    }
    return {};
  }

  Status child(const ChildNode& child, std::string_view key, JsonValue value) {
    if (child.leaf != nullptr) return leaf_value(*child.leaf, value);
    return object_value(*child.object, key, value);
  }

  Status object_value(const ObjectNode& node, std::string_view key, JsonValue value) {
    if (value.is_null() || !node.enabled) return {};
    if (value.is_object()) return node.nested ? nested_object(value, node) : object(value, &node, node.path, node.dynamic);
    if (value.is_array()) {
      for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(object_value(node, key, element));
      return {};
    }
    return at(value, base::format("object mapping for [{}] tried to parse field [{}] as object, but found a concrete value",
                                  node.path, key));
  }

  /// Values go to another document while it lives.
  class Redirect {
   public:
    Redirect(ValueSink& sink, std::vector<FieldValue>* values) : sink_(sink), before_(sink.redirect(values)) {}
    ~Redirect() { sink_.redirect(before_); }
    Redirect(const Redirect&) = delete;
    Redirect& operator=(const Redirect&) = delete;

   private:
    ValueSink& sink_;
    std::vector<FieldValue>* before_;
  };
  struct Frame {
    std::string_view path;
    std::vector<FieldValue>* values;
  };

  std::vector<FieldValue>* values() { return frames_.empty() ? &document_.values : frames_.back().values; }

  /// The document that a copied value belongs to: the innermost open nested object around the target, else the root.
  std::vector<FieldValue>* values_for(std::string_view target) {
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
      const std::string_view path = frame->path;
      if (target.size() > path.size() && target.starts_with(path) && target[path.size()] == '.') return frame->values;
    }
    return &document_.values;
  }

  Status nested_object(JsonValue value, const ObjectNode& node) {
    const int32_t limit = mapping_.limits().nested_objects;
    if (++num_nested_ > limit) {
      return at(value, base::format("The number of nested documents has exceeded the allowed limit of [{}]. This limit can be set "
                                    "by changing the [index.mapping.nested_objects.limit] index level setting.",
                                    limit));
    }
    std::vector<FieldValue> own;
    std::vector<FieldValue>* const around = values();
    frames_.push_back({node.path, &own});
    Status status;
    {
      const Redirect redirect(sink_, &own);
      status = object(value, &node, node.path, node.dynamic);
    }
    frames_.pop_back();
    RETURN_IF_ERROR(status);
    if (node.include_in_parent) around->insert(around->end(), own.begin(), own.end());
    if (node.include_in_root && !(node.include_in_parent && around == &document_.values))
      document_.values.insert(document_.values.end(), own.begin(), own.end());
    document_.nested.push_back({node.path, std::move(own)});
    return {};
  }

  static Status check_name(std::string_view name) {
    if (name.empty()) return Error(ErrorCode::kIllegalArgument, "field name cannot be an empty string");
    if (name.find('.') == std::string_view::npos) {
      if (name.find_first_not_of(" \t\r\n") != std::string_view::npos) return {};
      return Error(ErrorCode::kIllegalArgument, "Field name cannot contain only whitespace: [{}]", name);
    }
    if (name.find_first_not_of('.') == std::string_view::npos)
      return Error(ErrorCode::kIllegalArgument, "field name cannot contain only dots");
    for (size_t begin = 0; begin <= name.size();) {
      const size_t dot = std::min(name.find('.', begin), name.size());
      const std::string_view part = name.substr(begin, dot - begin);
      // Java's split drops empty parts at the end
      if (part.empty() && dot != name.size())
        return Error(ErrorCode::kIllegalArgument, "field name cannot contain only whitespace: ['{}']", name);
      if (!part.empty() && part.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return Error(ErrorCode::kIllegalArgument,
                     "field name starting or ending with a [.] makes object resolution ambiguous: ['{}']", name);
      }
      begin = dot + 1;
    }
    return {};
  }

  Error existing_leaf_error(std::string_view path, const LeafNode& leaf, JsonValue value) const {
    return at(
        value,
        base::format(
            "Could not dynamically add mapping for field [{}]. Existing mapping for [{}] must be of type object but found [{}].",
            path, leaf.field->name, leaf.field->type_name));
  }

  /// A member whose whole name is no child: a dotted path, or new.
  Status unknown_key(std::string_view key, JsonValue value, const ObjectNode* node, const std::string& path, Dynamic mode) {
    if (auto status = check_name(key); !status) return wrap(value, std::move(status).error());
    const size_t dot = key.find('.');
    if (dot == std::string_view::npos || dot + 1 == key.size())
      return unknown_value(join_path(path, key.substr(0, dot)), value, mode);
    const std::string_view first = key.substr(0, dot);
    const std::string_view rest = key.substr(dot + 1);
    const std::string object_path = join_path(path, first);
    if (node != nullptr) {
      if (const auto found = node->children.find(first); found != node->children.end()) {
        if (found->second.leaf != nullptr) return existing_leaf_error(join_path(path, key), *found->second.leaf, value);
        const ObjectNode& inner = *found->second.object;
        if (!inner.enabled) return {};
        if (!inner.subobjects) return flat_value(value, inner, std::string(rest));
        if (const auto leaf = inner.children.find(rest); leaf != inner.children.end()) return child(leaf->second, rest, value);
        return unknown_key(rest, value, &inner, inner.path, inner.dynamic);
      }
    }
    if (mode == Dynamic::kStrict) return strict_error(object_path, value);
    return unknown_key(rest, value, nullptr, object_path, mode);
  }

  Error strict_error(std::string_view path, JsonValue value) const {
    const size_t dot = path.rfind('.');
    const std::string_view parent = dot == std::string_view::npos ? "_doc" : path.substr(0, dot);
    const std::string_view name = dot == std::string_view::npos ? path : path.substr(dot + 1);
    const JsonPosition position = json_.position_of(value);
    return Error(ErrorCode::kStrictDynamicMapping,
                 "[{}:{}] mapping set to strict, dynamic introduction of [{}] within [{}] is not allowed", position.line,
                 position.column, name, parent);
  }

  Status unknown_value(const std::string& path, JsonValue value, Dynamic mode) {
    if (value.is_null() || mode == Dynamic::kFalse) return {};
    if (value.is_array()) {
      if (mode == Dynamic::kStrict) return strict_error(path, value);
      if (is_dynamic_vector(value)) return unknown_scalar(path, value, mode);
      for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(unknown_value(path, element, mode));
      return {};
    }
    if (!value.is_object()) return unknown_scalar(path, value, mode);
    if (mode == Dynamic::kStrict) return strict_error(path, value);
    auto plain = dynamic_.add_object(path);
    if (!plain) return wrap(value, std::move(plain).error());
    return *plain ? object(value, nullptr, path, mode) : Status();
  }

  Status unknown_scalar(const std::string& path, JsonValue value, Dynamic mode) {
    if (mode == Dynamic::kFalse) return {};
    if (mode == Dynamic::kStrict) return strict_error(path, value);
    if (auto status = dynamic_.add_field(path, value); !status) return wrap(value, std::move(status).error());
    return {};
  }

  const base::JsonDocument& json_;
  std::string_view id_;
  const Mapping& mapping_;
  ParsedDocument document_;
  ValueSink sink_;
  DynamicFields dynamic_;
  std::vector<Frame> frames_;  ///< nested objects that are open
  int32_t num_nested_ = 0;
};

}  // namespace

Result<ParsedDocument> parse_document(const base::JsonDocument& json, std::string_view id, std::shared_ptr<const Mapping> mapping) {
  return DocumentParser(json, id, std::move(mapping)).run(nullptr);
}

Result<ParsedDocument> parse_document(const base::JsonDocument& json, const base::JsonDocument& inference, std::string_view id,
                                      std::shared_ptr<const Mapping> mapping) {
  return DocumentParser(json, id, std::move(mapping)).run(&inference);
}

}  // namespace selene::index
