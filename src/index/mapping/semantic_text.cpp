#include "index/mapping/semantic_text.h"

#include "base/format.h"
#include "base/json/json_writer.h"
#include "index/mapping/mapping.h"
#include "index/mapping/mapping_values.h"
#include "index/mapping/vector_index_options.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::Result;

std::string SemanticModelSettings::to_json() const {
  base::JsonWriter out;
  out.begin_object();
  if (!service.empty()) out.field("service", service);
  out.field("task_type", task_type);
  if (task_type == "text_embedding")
    out.field("dimensions", dimensions).field("similarity", similarity).field("element_type", element_type);
  return out.end_object().take();
}

Result<SemanticModelSettings> SemanticModelSettings::parse(base::JsonValue value) {
  SemanticModelSettings settings;
  if (!value.is_object()) return Error(ErrorCode::kMapperParsing, std::string("[model_settings] must be an object"));
  for (const auto& [key, member] : value.as_object()) {
    if (key == "service" && member.is_string()) {
      settings.service = member.as_string();
    } else if (key == "task_type" && member.is_string()) {
      settings.task_type = member.as_string();
    } else if (key == "dimensions") {
      ASSIGN_OR_RETURN(settings.dimensions, integer_setting(member));
    } else if (key == "similarity" && member.is_string()) {
      settings.similarity = member.as_string();
    } else if (key == "element_type" && member.is_string()) {
      settings.element_type = member.as_string();
    } else {
      return Error(ErrorCode::kMapperParsing, "[model_settings] unknown field [{}]", key);
    }
  }
  if (settings.task_type == "sparse_embedding") {
    if (settings.dimensions != 0 || !settings.similarity.empty() || !settings.element_type.empty())
      return Error(ErrorCode::kMapperParsing,
                   std::string("[model_settings] of [sparse_embedding] has no [dimensions], [similarity] or [element_type]"));
    return settings;
  }
  if (settings.task_type != "text_embedding")
    return Error(ErrorCode::kMapperParsing, "Wrong [task_type], expected text_embedding or sparse_embedding, got {}",
                 settings.task_type);
  return settings;
}

bool SemanticModelSettings::compatible_with(const SemanticModelSettings& other) const {
  return task_type == other.task_type && dimensions == other.dimensions && similarity == other.similarity &&
         element_type == other.element_type;
}

std::string SemanticModelSettings::to_text() const {
  std::string text = base::format("service={}, task_type={}", service, task_type);
  if (task_type == "text_embedding")
    text += base::format(", dimensions={}, similarity={}, element_type={}", dimensions, similarity, element_type);
  return text;
}

namespace {

std::shared_ptr<const MappedField> sparse_embeddings(const SemanticText& semantic) {
  auto field = std::make_shared<MappedField>();
  field->type = FieldType::kSparseVector;
  field->sparse_options = semantic.sparse_options;
  return field;
}

Result<ElementType> element_type_of(std::string_view name) {
  for (const ElementType type : {ElementType::kFloat, ElementType::kByte, ElementType::kBit, ElementType::kBfloat16}) {
    if (name == element_type_name(type)) return type;
  }
  return Error(ErrorCode::kMapperParsing, "[model_settings] unknown element_type [{}]", name);
}

Result<VectorSimilarity> similarity_of(std::string_view name) {
  for (const auto similarity :
       {VectorSimilarity::kCosine, VectorSimilarity::kDotProduct, VectorSimilarity::kL2Norm, VectorSimilarity::kMaxInnerProduct}) {
    if (name == similarity_name(similarity)) return similarity;
  }
  return Error(ErrorCode::kMapperParsing, "[model_settings] unknown similarity [{}]", name);
}

Result<std::shared_ptr<const MappedField>> dense_embeddings(const SemanticText& semantic) {
  const SemanticModelSettings& model = *semantic.model_settings;
  auto options = std::make_shared<VectorOptions>();
  options->dims = model.dimensions;
  ASSIGN_OR_RETURN(options->element_type, element_type_of(model.element_type));
  ASSIGN_OR_RETURN(options->similarity, similarity_of(model.similarity));
  if (options->dims < 1) return Error(ErrorCode::kMapperParsing, std::string("[model_settings] needs [dimensions] above 0"));
  std::string shown;
  options->index_options =
      semantic.vector_options.value_or(default_vector_index_options(options->element_type, options->dims, shown));
  RETURN_IF_ERROR(check_vector_index_options(options->index_options, options->element_type, options->dims));
  auto field = std::make_shared<MappedField>();
  field->type = FieldType::kDenseVector;
  field->vector = std::move(options);
  return std::shared_ptr<const MappedField>(std::move(field));
}

}  // namespace

base::Status complete_semantic_text(const std::string& name, SemanticText& semantic) {
  if (semantic.search_inference_id.empty()) semantic.search_inference_id = semantic.inference_id;
  semantic.chunks_path = name + ".inference.chunks";
  semantic.embeddings = nullptr;
  if (!semantic.model_settings) return {};
  std::shared_ptr<const MappedField> kind = sparse_embeddings(semantic);
  if (semantic.model_settings->task_type == "text_embedding") {
    ASSIGN_OR_RETURN(kind, dense_embeddings(semantic));
  }
  auto embeddings = std::make_shared<MappedField>(*kind);
  embeddings->name = semantic.chunks_path + ".embeddings";
  embeddings->type_name = field_type_name(embeddings->type);
  embeddings->norms = embeddings->positions = embeddings->freqs = embeddings->doc_values = false;
  semantic.embeddings = std::move(embeddings);
  return {};
}

void set_inference_id(MappedField& field, std::string_view inference_id) {
  auto named = std::make_shared<SemanticText>(*field.semantic);
  named->inference_id = inference_id;
  field.semantic = std::move(named);
}

Result<bool> inherit_model_settings(const MappedField& old_field, MappedField& new_field) {
  const SemanticText& before = *old_field.semantic;
  if (!before.model_settings || new_field.semantic->model_settings || before.inference_id != new_field.semantic->inference_id)
    return false;
  auto merged = std::make_shared<SemanticText>(*new_field.semantic);
  merged->model_settings = before.model_settings;
  RETURN_IF_ERROR(complete_semantic_text(new_field.name, *merged));
  new_field.semantic = std::move(merged);
  return true;
}

}  // namespace selene::index
