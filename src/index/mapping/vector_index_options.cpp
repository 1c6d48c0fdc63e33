#include "index/mapping/vector_index_options.h"

#include <algorithm>
#include <array>

#include "base/json/json_writer.h"
#include "index/mapping/mapping_values.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr float kDefaultBinaryOversample = 3;
constexpr int32_t kMaxM = 512;                // Lucene, Lucene99HnswVectorsFormat
constexpr int32_t kMaxEfConstruction = 3200;  // the same
constexpr int32_t kFewestBinaryDims = 64;
constexpr int32_t kMinClusterSize = 64;  // vectors; Elasticsearch, IVFVectorsFormat
constexpr int32_t kMaxClusterSize = 1 << 16;
constexpr int32_t kBinaryByDefaultFrom = 384;  // dims

struct Type {
  std::string_view name;
  VectorEncoding encoding;
  bool graph;
};
constexpr std::array<Type, 9> kIndexOptionTypes = {{{"hnsw", VectorEncoding::kRaw, true},
                                                    {"int8_hnsw", VectorEncoding::kInt8, true},
                                                    {"int4_hnsw", VectorEncoding::kInt4, true},
                                                    {"bbq_hnsw", VectorEncoding::kBinary, true},
                                                    {"bbq_disk", VectorEncoding::kBinary, true},
                                                    {"flat", VectorEncoding::kRaw, false},
                                                    {"int8_flat", VectorEncoding::kInt8, false},
                                                    {"int4_flat", VectorEncoding::kInt4, false},
                                                    {"bbq_flat", VectorEncoding::kBinary, false}}};

const Type* find_type(std::string_view name) {
  const auto* const found = std::ranges::find(kIndexOptionTypes, name, &Type::name);
  return found == kIndexOptionTypes.end() ? nullptr : found;
}

VectorIndexOptions options_of(const Type& type) {
  VectorIndexOptions options;
  options.type = type.name;
  options.encoding = type.encoding;
  options.graph = type.graph;
  if (type.encoding == VectorEncoding::kBinary) options.oversample = kDefaultBinaryOversample;
  return options;
}

bool is_disk(const VectorIndexOptions& options) { return options.type == "bbq_disk"; }

/// `extra`: members that are shown as they came.
std::string render(const VectorIndexOptions& options, std::string_view extra) {
  base::JsonWriter out;
  out.begin_object().field("type", options.type);
  if (options.graph && !is_disk(options)) out.field("m", options.m).field("ef_construction", options.ef_construction);
  if (options.oversample) {
    out.key("rescore_vector").begin_object();
    out.field("oversample", *options.oversample).end_object();
  }
  std::string json = out.end_object().take();
  json.insert(json.size() - 1, extra);
  return json;
}

Status read_rescore(JsonValue value, VectorIndexOptions& options) {
  if (!value.is_object() || !value["oversample"].exists())
    return Error(ErrorCode::kIllegalArgument, "Invalid rescore_vector value. Missing required field oversample");
  ASSIGN_OR_RETURN(const double oversample, double_setting(value["oversample"]));
  if (oversample != 0 && !(oversample >= 1))
    return Error(ErrorCode::kIllegalArgument, std::string("oversample must be greater than 1 or exactly 0"));
  if (oversample > 10) return Error(ErrorCode::kIllegalArgument, std::string("oversample must be less than or equal to 10"));
  options.oversample = static_cast<float>(oversample);
  return {};
}

Result<int32_t> bounded(JsonValue value, std::string_view name, int32_t max) {
  ASSIGN_OR_RETURN(const int32_t number, integer_setting(value));
  if (number < 1 || number > max)
    return Error(ErrorCode::kMapperParsing, "[{}] must be positive and less than or equal to: {}; provided={}", name, max, number);
  return number;
}

/// The parameters of bbq_disk: false if it has no such.
Result<bool> read_disk_parameter(std::string_view key, JsonValue value, VectorIndexOptions& options) {
  if (key == "cluster_size") {
    ASSIGN_OR_RETURN(options.cluster_size, integer_setting(value));
    if (options.cluster_size < kMinClusterSize || options.cluster_size > kMaxClusterSize)
      return Error(ErrorCode::kIllegalArgument, "cluster_size must be between {} and {}, got: {}", kMinClusterSize, kMaxClusterSize,
                   options.cluster_size);
    return true;
  }
  if (key != "default_visit_percentage") return false;
  ASSIGN_OR_RETURN(const double percentage, double_setting(value));
  if (!(percentage >= 0 && percentage <= 100))
    return Error(ErrorCode::kIllegalArgument, "default_visit_percentage must be between 0.0 and 100.0, got: {}",
                 base::format_number(percentage));
  options.default_visit_percentage = static_cast<float>(percentage);
  return true;
}

/// False if the type has no such parameter. Parameters without effect on what is found are checked and shown again.
Result<bool> read_parameter(std::string_view key, JsonValue value, VectorIndexOptions& options, std::string& extra) {
  const bool quantised = options.encoding != VectorEncoding::kRaw;
  if (key == "m" && options.graph && !is_disk(options)) {
    ASSIGN_OR_RETURN(options.m, bounded(value, key, kMaxM));
    return true;
  }
  if (key == "ef_construction" && options.graph && !is_disk(options)) {
    ASSIGN_OR_RETURN(options.ef_construction, bounded(value, key, kMaxEfConstruction));
    return true;
  }
  if (key == "rescore_vector" && quantised) {
    RETURN_IF_ERROR(read_rescore(value, options));
    return true;
  }
  const bool is_int = options.encoding == VectorEncoding::kInt8 || options.encoding == VectorEncoding::kInt4;
  if (key == "confidence_interval" && is_int) {
    ASSIGN_OR_RETURN(const double interval, double_setting(value));
    if (interval != 0 && !(interval >= 0.9 && interval <= 1))
      return Error(ErrorCode::kIllegalArgument, "confidence_interval must be between 0.9 and 1.0 or 0, got [{}]",
                   base::format_number(interval));
  } else if (key == "on_disk_rescore" && quantised) {
    RETURN_IF_ERROR(boolean_setting(value));
  } else if (key == "flat_index_threshold" && options.graph && !is_disk(options)) {
    ASSIGN_OR_RETURN(options.flat_index_threshold, integer_setting(value));
  } else {
    ASSIGN_OR_RETURN(const bool of_disk, is_disk(options) ? read_disk_parameter(key, value, options) : Result<bool>(false));
    if (!of_disk) return false;
  }
  base::JsonWriter out;
  out.value(value);
  extra += ',' + base::quote(key) + ':' + out.take();
  return true;
}

int strength(VectorEncoding encoding) { return static_cast<int>(encoding); }

}  // namespace

Result<VectorIndexOptions> parse_vector_index_options(std::string_view name, JsonValue value, std::string& json) {
  if (!value.is_object() || !value["type"].exists())
    return Error(ErrorCode::kMapperParsing, "[index_options] requires field [type] to be configured");
  const std::string type_name = java_text(value["type"]);
  const Type* const type = find_type(type_name);
  if (type == nullptr)
    return Error(ErrorCode::kMapperParsing, "Unknown vector index options type [{}] for field [{}]", type_name, name);
  VectorIndexOptions options = options_of(*type);
  std::string extra;
  std::string rest;
  for (const auto& [key, member] : value.as_object()) {
    if (key == "type") continue;
    ASSIGN_OR_RETURN(const bool known, read_parameter(key, member, options, extra));
    if (!known) rest += base::format(" [{} : {}]", key, java_text(member));
  }
  if (!rest.empty())
    return Error(ErrorCode::kMapperParsing, "Mapping definition for [{}] has unsupported parameters: {}", name, rest);
  json = render(options, extra);
  return options;
}

VectorIndexOptions default_vector_index_options(ElementType element_type, int32_t dims, std::string& json) {
  const bool fractions = element_type == ElementType::kFloat || element_type == ElementType::kBfloat16;
  const std::string_view type = !fractions ? "hnsw" : dims >= kBinaryByDefaultFrom ? "bbq_hnsw" : "int8_hnsw";
  const VectorIndexOptions options = options_of(*find_type(type));
  json = render(options, {});
  return options;
}

Status check_vector_index_options(const VectorIndexOptions& options, ElementType element_type, int32_t dims) {
  const bool fractions = element_type == ElementType::kFloat || element_type == ElementType::kBfloat16;
  if (!fractions && options.encoding != VectorEncoding::kRaw) {
    return Error(ErrorCode::kIllegalArgument, "[element_type] cannot be [{}] when using index type [{}]",
                 element_type_name(element_type), options.type);
  }
  if (dims == 0) return {};
  if (options.encoding == VectorEncoding::kInt4 && dims % 2 != 0)
    return Error(ErrorCode::kIllegalArgument, "{} only supports even dimensions; provided={}", options.type, dims);
  if (options.encoding == VectorEncoding::kBinary && dims < kFewestBinaryDims)
    return Error(ErrorCode::kIllegalArgument, "{} does not support dimensions fewer than {}; provided={}", options.type,
                 kFewestBinaryDims, dims);
  return {};
}

bool may_change_vector_index_options(std::string_view from, std::string_view to) {
  if (from.empty() || to.empty()) return true;  // not known before the dimensions are
  const auto before_json = base::JsonDocument::parse(from);
  const auto after_json = base::JsonDocument::parse(to);
  if (!before_json || !after_json) return false;
  const Type* const before = find_type(java_text(before_json->root()["type"]));
  const Type* const after = find_type(java_text(after_json->root()["type"]));
  if (before == nullptr || after == nullptr) return false;
  const auto m_of = [](const base::JsonDocument& json) { return json.root()["m"].is_number() ? json.root()["m"].as_int64() : 0; };
  const bool fewer_neighbours = m_of(*after_json) != 0 && m_of(*after_json) < m_of(*before_json);
  return strength(after->encoding) >= strength(before->encoding) && (after->graph || !before->graph) && !fewer_neighbours;
}

}  // namespace selene::index
