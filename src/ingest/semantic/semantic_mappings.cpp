#include "ingest/semantic/semantic_mappings.h"

#include <memory>
#include <utility>

#include "base/format.h"
#include "inference/services/chunking_settings.h"
#include "search/backends/source_values.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;
using base::Result;
using base::Status;
using index::MappedField;

namespace {

bool is_semantic(JsonValue definition) {
  const JsonValue type = definition["type"];
  return type.is_string() && type.as_string() == "semantic_text";
}

/// Writes the body of a mapping again, with what changed endpoints add.
class EndpointChanges {
 public:
  EndpointChanges(const index::Mapping& mapping, const inference::InferenceService& service)
      : mapping_(mapping), service_(service) {}

  /// `path`: of the object or field that `definition` is about.
  Status write(JsonValue definition, const std::string& path, base::JsonWriter& out) {
    out.begin_object();
    for (const JsonMember member : definition.as_object()) {
      out.key(member.key);
      const bool fields = (member.key == "properties" || member.key == "fields") && member.value.is_object();
      if (!fields) {
        out.value(member.value);
        continue;
      }
      out.begin_object();
      for (const JsonMember field : member.value.as_object()) {
        out.key(field.key);
        if (!field.value.is_object()) {
          out.value(field.value);
          continue;
        }
        RETURN_IF_ERROR(write(field.value, path.empty() ? std::string(field.key) : path + "." + std::string(field.key), out));
      }
      out.end_object();
    }
    if (is_semantic(definition)) RETURN_IF_ERROR(add_settings(definition, path, out));
    out.end_object();
    return {};
  }

 private:
  Status add_settings(JsonValue definition, const std::string& path, base::JsonWriter& out) const {
    const MappedField* const field = mapping_.find(path);
    const JsonValue id = definition["inference_id"];
    if (field == nullptr || field->semantic == nullptr || !id.is_string()) return {};
    const index::SemanticText& before = *field->semantic;
    if (!before.model_settings || before.inference_id == id.as_string()) return {};
    const auto traits = service_.embedding_traits(id.as_string());
    if (!traits.has_value() && traits.error().code() == ErrorCode::kResourceNotFound) {
      return Error(ErrorCode::kIllegalArgument,
                   "Cannot update [semantic_text] field [{}] because inference endpoint [{}] does not exist.", path,
                   id.as_string());
    }
    if (!traits.has_value()) return traits.error();
    const index::SemanticModelSettings after = model_settings_of(*traits);
    if (!before.model_settings->compatible_with(after)) {
      return Error(ErrorCode::kIllegalArgument,
                   "Cannot update [semantic_text] field [{}] because inference endpoint [{}] with model settings [{}] is not "
                   "compatible with new inference endpoint [{}] with model settings [{}].",
                   path, before.inference_id, before.model_settings->to_text(), id.as_string(), after.to_text());
    }
    if (!definition["model_settings"].exists()) out.key("model_settings").raw(after.to_json());
    return {};
  }

  const index::Mapping& mapping_;
  const inference::InferenceService& service_;
};

}  // namespace

Status check_semantic_mappings(JsonValue mappings) {
  if (!mappings.is_object()) return {};
  if (is_semantic(mappings)) {
    inference::Validation validation;
    static_cast<void>(inference::read_chunking_settings(mappings["chunking_settings"], validation));
    if (Status status = validation.status(ErrorCode::kValidation); !status) {
      std::string reason = "Failed to parse mapping: " + status.error().reason();
      return Error(ErrorCode::kMapperParsing, std::move(reason)).with_cause(std::move(status).error());
    }
  }
  for (const JsonMember member : mappings.as_object()) {
    if (member.key == "_meta" || member.key == "meta") continue;
    RETURN_IF_ERROR(check_semantic_mappings(member.value));
  }
  return {};
}

index::SemanticModelSettings model_settings_of(const inference::EmbeddingTraits& traits) {
  index::SemanticModelSettings settings;
  settings.service = traits.service;
  settings.task_type = inference::task_type_name(traits.task_type);
  if (traits.task_type != inference::TaskType::kTextEmbedding) return settings;
  settings.dimensions = traits.dimensions;
  settings.similarity = traits.similarity.value_or("cosine");
  settings.element_type = traits.element_type;
  return settings;
}

std::string model_settings_update(const index::Mapping& mapping, const MappedField& field,
                                  const index::SemanticModelSettings& settings) {
  std::string definition = field.json;
  definition.insert(definition.rfind('}'), R"(,"model_settings":)" + settings.to_json());
  std::string name = field.name;
  if (const std::string parent = search::source_path_of(mapping, field); parent != field.name) {
    const std::string fields =
        base::JsonWriter().begin_object().key(name.substr(parent.size() + 1)).raw(definition).end_object().take();
    definition = mapping.find(parent)->json;
    definition.insert(definition.rfind('}'), R"(,"fields":)" + fields);
    name = parent;
  }
  base::JsonWriter out;
  out.begin_object().key("properties").begin_object().key(name).raw(definition).end_object().end_object();
  return out.take();
}

Result<std::string> with_changed_endpoints(const index::Mapping& mapping, JsonValue body,
                                           const inference::InferenceService& service) {
  base::JsonWriter out;
  RETURN_IF_ERROR(EndpointChanges(mapping, service).write(body, "", out));
  return out.take();
}

void write_shown_mapping(const index::Mapping& mapping, const inference::InferenceService& service, base::JsonWriter& out) {
  std::shared_ptr<const index::Mapping> shown;
  for (const MappedField* const field : mapping.semantic_fields()) {
    if (field->semantic->model_settings) continue;
    const auto traits = service.embedding_traits(field->semantic->inference_id);
    if (!traits.has_value()) continue;
    const std::string text = model_settings_update(mapping, *field, model_settings_of(*traits));
    const auto update = base::JsonDocument::parse(text);
    if (!update.has_value()) continue;
    auto merged = (shown == nullptr ? mapping : *shown).merge(update->root());
    if (merged.has_value()) shown = std::move(merged).value();
  }
  (shown == nullptr ? mapping : *shown).write_json(out);
}

}  // namespace selene::ingest
