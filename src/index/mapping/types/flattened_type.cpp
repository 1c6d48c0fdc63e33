#include "base/json/json_writer.h"
#include "index/analysis/utf8.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/mapping_tree.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr size_t kMaxTermLength = 32766;  // Lucene's IndexWriter.MAX_TERM_LENGTH, bytes

Result<std::string> parse_depth_limit(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.depth_limit, integer_setting(value));
  if (field.depth_limit < 0)
    return Error(ErrorCode::kIllegalArgument, "[depth_limit] must be positive, got [{}]", field.depth_limit);
  return std::to_string(field.depth_limit);
}

Result<std::string> parse_ignore_above(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.ignore_above, integer_setting(value));
  if (field.ignore_above < 0)
    return Error(ErrorCode::kIllegalArgument, "[ignore_above] must be positive, got [{}]", field.ignore_above);
  return std::to_string(field.ignore_above);
}

/// Walks one object and adds each leaf twice: the value, and `path\0value`.
class Flattener {
 public:
  Flattener(const MappedField& field, ValueSink& sink) : field_(field), sink_(sink) {}

  Status object(JsonValue value, const std::string& path, int32_t depth) {
    if (depth > field_.depth_limit)
      return Error(ErrorCode::kIllegalArgument, "The provided [flattened] field [{}] exceeds the maximum depth limit of [{}].",
                   field_.name, field_.depth_limit);
    for (const auto& [key, member] : value.as_object()) {
      if (key.find('\0') != std::string_view::npos)
        return Error(ErrorCode::kIllegalArgument,
                     "Do not include a null byte (\\0) in the keys of [flattened] fields. Offending key: [{}].", key);
      RETURN_IF_ERROR(any(member, join_path(path, key), depth));
    }
    return {};
  }

 private:
  Status any(JsonValue value, const std::string& path, int32_t depth) {
    if (value.is_object()) return object(value, path, depth + 1);
    if (value.is_array()) {
      for (const JsonValue element : value.as_array()) RETURN_IF_ERROR(any(element, path, depth));
      return {};
    }
    return leaf(value, path);
  }

  Status leaf(JsonValue value, const std::string& path) {
    std::string_view text;
    if (value.is_null()) {
      if (!field_.null_value) return {};
      const auto json = base::JsonDocument::parse(*field_.null_value);
      text = sink_.own(java_text(json->root()));
    } else {
      text = sink_.text(value);
    }
    if (utf16_length(text) > static_cast<uint32_t>(field_.ignore_above)) {
      sink_.ignore(field_);
      return {};
    }
    std::string keyed = path + '\0';
    keyed += text;
    if (keyed.size() > kMaxTermLength) {
      return Error(
          ErrorCode::kIllegalArgument,
          "Flattened field [{}] contains one immense field whose keyed encoding is longer than the allowed max length of {} "
          "bytes. Key length: {}, value length: {} for key starting with [{}]",
          field_.name, kMaxTermLength, path.size(), text.size(), std::string_view(path).substr(0, 50));
    }
    sink_.add_text(field_, text);
    sink_.add_text(*field_.keyed, sink_.own(std::move(keyed)));
    return {};
  }

  const MappedField& field_;
  ValueSink& sink_;
};

Status parse_flattened(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (!value.is_object())
    return Error(ErrorCode::kIllegalArgument, "Failed to parse object: expecting token of type [START_OBJECT] but found [VALUE_{}]",
                 value.is_string() ? "STRING"
                 : value.is_bool() ? "BOOLEAN"
                                   : "NUMBER");
  return Flattener(field, sink).object(value, "", 1);
}

Status finish_flattened(MappedField& field) {
  auto keyed = std::make_shared<MappedField>(field);
  keyed->name = field.name + "._keyed";
  keyed->keyed = nullptr;
  field.keyed = std::move(keyed);
  return {};
}

constexpr auto kNo = Parameter::Update::kNo;
constexpr auto kYes = Parameter::Update::kYes;
constexpr Parameter kParameters[] = {
    {"depth_limit", "20", kYes, &parse_depth_limit},
    parameters::kDocValues,
    parameters::kEagerGlobalOrdinals,
    {"ignore_above", "2147483647", kYes, &parse_ignore_above},
    parameters::kIndex,
    {"index_options", "\"docs\"", kNo, &parse_shown},
    parameters::kNullValue,
    parameters::kSimilarity,
    {"split_queries_on_whitespace", "false", kYes, &parse_flag<&MappedField::split_queries_on_whitespace>},
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kFlattenedType{
    "flattened",       FieldType::kFlattened,
    kParameters,       [](const AnalyzerRegistry&, MappedField& field) {
                                      field.norms = field.positions = field.freqs = false; },
    &finish_flattened, &parse_flattened};

}  // namespace selene::index
