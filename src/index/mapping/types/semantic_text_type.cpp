// semantic_text
#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/semantic_text.h"
#include "index/mapping/types/feature_values.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/vector_index_options.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

SemanticText& own(MappedField& field) {
  auto copy = std::make_shared<SemanticText>(field.semantic == nullptr ? SemanticText() : *field.semantic);
  SemanticText& semantic = *copy;
  field.semantic = std::move(copy);
  return semantic;
}

std::string json_of(JsonValue value) {
  base::JsonWriter out;
  out.value(value);
  return out.take();
}

Result<std::string> endpoint_id(std::string_view parameter, JsonValue value, const MappedField& field) {
  if (value.is_string() && !value.as_string().empty()) return std::string(value.as_string());
  return Error(ErrorCode::kMapperParsing, "[{}] on mapper [{}] of type [semantic_text] must not be empty", parameter, field.name);
}

Result<std::string> parse_inference_id(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(own(field).inference_id, endpoint_id("inference_id", value, field));
  return json_of(value);
}

Result<std::string> parse_search_inference_id(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  ASSIGN_OR_RETURN(own(field).search_inference_id, endpoint_id("search_inference_id", value, field));
  return json_of(value);
}

Result<std::string> parse_model_settings(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  ASSIGN_OR_RETURN(SemanticModelSettings settings, SemanticModelSettings::parse(value));
  std::string json = settings.to_json();
  own(field).model_settings = std::move(settings);
  return json;
}

/// What is in them is checked where endpoints are known.
Result<std::string> parse_chunking_settings(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null() || (value.is_object() && value.as_object().empty())) return std::string("null");
  if (!value.is_object())
    return Error(ErrorCode::kMapperParsing, "[chunking_settings] on mapper [{}] must be an object", field.name);
  std::string json = json_of(value);
  own(field).chunking_settings = json;
  return json;
}

Result<std::string> parse_index_options(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  const bool fits =
      value.is_object() && value.as_object().size() == 1 && (value["sparse_vector"].exists() || value["dense_vector"].exists());
  if (!fits) {
    return Error(ErrorCode::kMapperParsing,
                 "[index_options] on mapper [{}] of type [semantic_text] must hold one of [dense_vector, sparse_vector]",
                 field.name);
  }
  if (value["dense_vector"].exists()) {
    std::string json;
    ASSIGN_OR_RETURN(own(field).vector_options, parse_vector_index_options(field.name, value["dense_vector"], json));
    return R"({"dense_vector":)" + json + "}";
  }
  ASSIGN_OR_RETURN(own(field).sparse_options, parse_sparse_index_options(value["sparse_vector"]));
  return R"({"sparse_vector":)" + render_sparse_index_options(field.semantic->sparse_options) + "}";
}

/// The endpoint is shown, and so kept, also where it is the default: another default later concerns new fields only.
Status show_inference_id(MappedField& field, std::map<std::string, std::string, std::less<>>& parameters) {
  parameters.try_emplace("inference_id", base::quote(field.semantic->inference_id));
  return {};
}

Status finish_semantic_text(MappedField& field) { return complete_semantic_text(field.name, own(field)); }

/// The value itself only marks its document; chunks and embeddings come beside it.
Status parse_semantic_text(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object())
    return Error(ErrorCode::kIllegalArgument, "[semantic_text] field [{}] must be a text, a number or a boolean, but got: {}",
                 field.name, first_token(value));
  if (!sink.has_value(field)) sink.add_text(field, {});
  return {};
}

constexpr auto kNo = Parameter::Update::kNo;
constexpr auto kYes = Parameter::Update::kYes;
constexpr Parameter kParameters[] = {
    {"inference_id", "null", kNo, &parse_inference_id},  // always shown
    {"search_inference_id", "null", kYes, &parse_search_inference_id, true},
    {"model_settings", "null", Parameter::Update::kOnlyFromNull, &parse_model_settings, true},
    {"chunking_settings", "null", kYes, &parse_chunking_settings, true},
    {"index_options", "null", kYes, &parse_index_options, true},
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kSemanticTextType{"semantic_text",
                                       FieldType::kSemanticText,
                                       kParameters,
                                       [](const AnalyzerRegistry&, MappedField& field) {
                                         field.index = field.norms = field.positions = field.doc_values = false;
                                         field.semantic = std::make_shared<SemanticText>();
                                       },
                                       &finish_semantic_text,
                                       &parse_semantic_text,
                                       &show_inference_id};

}  // namespace selene::index
