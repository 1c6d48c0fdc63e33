#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"
#include "index/mapping/vector_index_options.h"
#include "index/mapping/vector_options.h"
#include "index/mapping/vector_values.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;
using Parameters = std::map<std::string, std::string, std::less<>>;

constexpr int32_t kMaxDims = 4096;

template <class Change>
void change_options(MappedField& field, Change change) {
  auto options = std::make_shared<VectorOptions>(*field.vector);
  change(*options);
  field.vector = std::move(options);
}

Result<std::string> parse_element_type(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  const std::string text = java_text(value);
  for (const auto type : {ElementType::kFloat, ElementType::kByte, ElementType::kBit, ElementType::kBfloat16}) {
    if (text != element_type_name(type)) continue;
    change_options(field, [&](VectorOptions& options) { options.element_type = type; });
    return base::quote(text);
  }
  return Error(ErrorCode::kMapperParsing, "invalid element_type [{}]; available types are [byte, float, bit]", text);
}

/// Its range depends on the element type, see `complete`.
Result<std::string> parse_dims(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  const Result<int32_t> dims = integer_setting(value);
  if (!dims.has_value())
    return Error(ErrorCode::kMapperParsing, "Property [dims] on field [{}] must be an integer but got [{}]", field.name,
                 java_text(value));
  change_options(field, [&](VectorOptions& options) { options.dims = *dims; });
  return std::to_string(*dims);
}

Result<std::string> parse_index(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(const bool index, boolean_setting(value));
  field.index = index;
  change_options(field, [&](VectorOptions& options) { options.indexed = index; });
  return std::string(index ? "true" : "false");
}

Result<std::string> parse_vector_similarity(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  ASSIGN_OR_RETURN(const std::string text,
                   parse_choice("similarity", value, {"l2_norm", "cosine", "dot_product", "max_inner_product"}));
  for (const auto similarity :
       {VectorSimilarity::kCosine, VectorSimilarity::kDotProduct, VectorSimilarity::kL2Norm, VectorSimilarity::kMaxInnerProduct}) {
    if (text == similarity_name(similarity)) change_options(field, [&](VectorOptions& o) { o.similarity = similarity; });
  }
  return base::quote(text);
}

Result<std::string> parse_index_options(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  std::string json;
  ASSIGN_OR_RETURN(const VectorIndexOptions parsed, parse_vector_index_options(field.name, value, json));
  change_options(field, [&](VectorOptions& options) { options.index_options = parsed; });
  return json;
}

Status check_dims(const VectorOptions& options) {
  const bool bit = options.element_type == ElementType::kBit;
  const int32_t fewest = bit ? 8 : 1;
  const int32_t most = bit ? kMaxDims * 8 : kMaxDims;
  if (options.dims < fewest || options.dims > most)
    return Error(ErrorCode::kMapperParsing, "The number of dimensions should be in the range [{}, {}] but was [{}]", fewest, most,
                 options.dims);
  if (bit && options.dims % 8 != 0)
    return Error(ErrorCode::kMapperParsing, "The number of dimensions for should be a multiple of 8 but was [{}]", options.dims);
  return {};
}

Status complete(MappedField& field, Parameters& parameters) {
  VectorOptions options = *field.vector;
  if (parameters.contains("dims")) RETURN_IF_ERROR(check_dims(options));
  parameters.emplace("index", "true");
  for (const std::string_view name : {"similarity", "index_options"}) {
    if (const auto given = parameters.find(name); given != parameters.end() && given->second == "null") parameters.erase(given);
    if (options.indexed || !parameters.contains(name)) continue;
    return Error(ErrorCode::kIllegalArgument,
                 "Field [{}] can only be specified for a field of type [dense_vector] when it is indexed", name);
  }
  if (!options.indexed) return {};
  const bool bit = options.element_type == ElementType::kBit;
  if (!parameters.contains("similarity")) {
    options.similarity = bit ? VectorSimilarity::kL2Norm : VectorSimilarity::kCosine;
    parameters.emplace("similarity", base::quote(similarity_name(options.similarity)));
  }
  if (bit && options.similarity != VectorSimilarity::kL2Norm)
    return Error(ErrorCode::kIllegalArgument, "The [l2_norm] similarity is the only supported similarity for bit vectors");
  if (!parameters.contains("index_options") && options.dims > 0) {
    std::string json;
    options.index_options = default_vector_index_options(options.element_type, options.dims, json);
    parameters.emplace("index_options", std::move(json));
  }
  RETURN_IF_ERROR(check_vector_index_options(options.index_options, options.element_type, options.dims));
  field.vector = std::make_shared<const VectorOptions>(options);
  return {};
}

/// The definition with the dimensions of the first vector.
std::string definition_with_dims(const MappedField& field, int32_t dims) {
  constexpr std::string_view kType = R"({"type":"dense_vector")";
  std::string json = field.json.empty() ? std::string(kType) + "}" : field.json;
  return json.insert(kType.size(), base::format(",\"dims\":{}", dims));
}

Status parse_dense_vector(JsonValue value, const MappedField& field, ValueSink& sink) {
  const VectorOptions& options = *field.vector;
  if (sink.has_value(field)) {
    return Error(
        ErrorCode::kIllegalArgument,
        "Field [{}] of type [dense_vector] doesn't support indexing multiple values for the same field in the same document",
        field.name);
  }
  ASSIGN_OR_RETURN(const VectorValues values, read_vector(value, options.element_type, options.dims, VectorUse::kDocument));
  const int32_t dims = dims_of(options.element_type, values.size());
  if (options.dims == 0) {
    VectorOptions known = options;
    known.dims = dims;
    RETURN_IF_ERROR(check_dims(known));
    sink.set_mapping_update(field, definition_with_dims(field, dims));
    return {};
  }
  if (dims > options.dims) {
    return Error(ErrorCode::kIllegalArgument,
                 "The [dense_vector] field [{}] in doc [{}] has more dimensions than defined in the mapping [{}]", field.name,
                 sink.document_description, options.dims);
  }
  if (dims != options.dims) {
    return Error(
        ErrorCode::kIllegalArgument,
        "The [dense_vector] field [{}] in doc [{}] has a different number of dimensions [{}] than defined in the mapping [{}]",
        field.name, sink.document_description, dims, options.dims);
  }
  RETURN_IF_ERROR(check_components(values, options.element_type, VectorUse::kDocument));
  RETURN_IF_ERROR(check_finite_magnitude(values, options.element_type));
  if (options.indexed) RETURN_IF_ERROR(check_magnitude(values, options.element_type, options.similarity));
  sink.add_vector(field, sink.own(encode_vector(values, options.element_type)));
  return {};
}

constexpr Parameter kParameters[] = {
    {"element_type", "\"float\"", Parameter::Update::kNo, &parse_element_type},
    {"dims", "null", Parameter::Update::kOnlyFromNull, &parse_dims},
    {"index", "", Parameter::Update::kNo, &parse_index},
    {"similarity", "null", Parameter::Update::kNo, &parse_vector_similarity, true},
    {"index_options", "", Parameter::Update::kNo, &parse_index_options, true, &may_change_vector_index_options},
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kDenseVectorType{"dense_vector",
                                      FieldType::kDenseVector,
                                      kParameters,
                                      [](const AnalyzerRegistry&, MappedField& field) {
                                        field.norms = field.positions = field.freqs = field.doc_values = false;
                                        field.vector = std::make_shared<const VectorOptions>();
                                      },
                                      [](MappedField&) -> Status { return {}; },
                                      &parse_dense_vector,
                                      &complete};

}  // namespace selene::index
