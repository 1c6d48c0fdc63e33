#include "index/mapping/dynamic_fields.h"

#include <algorithm>

#include "base/json/json_writer.h"
#include "index/mapping/date_format.h"
#include "index/mapping/number_parsing.h"
#include "index/mapping/subobjects.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;
using base::Status;

constexpr std::string_view kText = R"({"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}})";
constexpr std::string_view kDefaultDateFormat = "strict_date_optional_time||epoch_millis";
constexpr std::string_view kSlashedDateFormat = "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis";

std::string date_definition(std::string_view format) {
  if (format == kDefaultDateFormat) return R"({"type":"date"})";
  base::JsonWriter out;
  out.begin_object().field("type", "date").field("format", format).end_object();
  return out.take();
}

bool parses_as(std::string_view format, std::string_view text) {
  const auto compiled = DateFormat::compile(format);
  return compiled && (*compiled)->parse(text, DateRounding::kDown);
}

struct Guess {
  DynamicType type;
  std::string definition;
};

Guess guess_string(const RootDefinition& root, std::string_view text) {
  WholeNumberError error{};
  const bool number = parse_java_double(text).has_value();
  if (number && root.numeric_detection.value_or(false)) {
    const auto whole = parse_whole_number(text, error);
    const bool is_long = whole && text.find_first_of(".eE") == std::string_view::npos;
    return is_long ? Guess{DynamicType::kLong, R"({"type":"long"})"} : Guess{DynamicType::kDouble, R"({"type":"float"})"};
  }
  // Plain numbers would match epoch formats too often.
  if (number || !root.date_detection.value_or(true)) return {DynamicType::kString, std::string(kText)};
  if (root.dynamic_date_formats) {
    for (const std::string& format : *root.dynamic_date_formats) {
      if (parses_as(format, text)) return {DynamicType::kDate, date_definition(format)};
    }
    return {DynamicType::kString, std::string(kText)};
  }
  for (const std::string_view format : {kDefaultDateFormat, kSlashedDateFormat}) {
    if (parses_as(format, text)) return {DynamicType::kDate, date_definition(format)};
  }
  return {DynamicType::kString, std::string(kText)};
}

Guess guess(const RootDefinition& root, JsonValue value) {
  switch (value.type()) {
    case JsonType::kString: return guess_string(root, value.as_string());
    case JsonType::kBool: return {DynamicType::kBoolean, R"({"type":"boolean"})"};
    case JsonType::kArray: return {DynamicType::kDouble, R"({"type":"dense_vector"})"};
    case JsonType::kDouble: return {DynamicType::kDouble, R"({"type":"float"})"};
    default: return {DynamicType::kLong, R"({"type":"long"})"};
  }
}

const DynamicTemplate* find_template(const RootDefinition& root, std::string_view path, std::string_view name, DynamicType type) {
  for (const DynamicTemplate& entry : root.dynamic_templates) {
    if (entry.matches(path, name, type)) return &entry;
  }
  return nullptr;
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

}  // namespace

bool is_dynamic_vector(JsonValue array) {
  constexpr size_t kFewestDims = 128;
  constexpr size_t kMostDims = 4096;
  size_t dims = 0;
  for (const JsonValue element : array.as_array()) {
    if (element.type() != JsonType::kDouble || ++dims > kMostDims) return false;
  }
  return dims >= kFewestDims;
}

std::string dynamic_definition(const RootDefinition& root, std::string_view path, JsonValue value) {
  Guess found = guess(root, value);
  const std::string_view name = last_part(path);
  const DynamicTemplate* const entry = find_template(root, path, name, found.type);
  return entry == nullptr ? std::move(found.definition) : entry->definition(name, found.type);
}

Status DynamicFields::count(int32_t num_fields) {
  num_new_ += num_fields;
  const int32_t limit = mapping_.limits().total_fields;
  if (mapping_.num_fields() + num_new_ <= limit) return {};
  return Error(ErrorCode::kIllegalArgument, "Limit of total fields [{}] has been exceeded while adding new fields [{}]", limit,
               num_new_);
}

Status DynamicFields::count_objects_above(const std::string& path) {
  int32_t depth = 1;
  const size_t end = objects_end(mapping_.root(), path);
  for (size_t dot = path.find('.'); dot < end; dot = path.find('.', dot + 1)) {
    const std::string_view object(path.data(), dot);
    if (++depth > mapping_.limits().depth) {
      return Error(ErrorCode::kIllegalArgument, "Limit of mapping depth [{}] has been exceeded due to object field [{}]",
                   mapping_.limits().depth, object);
    }
    if (mapping_.is_object(object) || objects_.contains(object)) continue;
    objects_.emplace(object);
    RETURN_IF_ERROR(count(1));
  }
  return {};
}

Status DynamicFields::add_field(const std::string& path, JsonValue value) {
  // A path that is both a field and an object in one document fails when it is parsed with the new mapping.
  if (fields_.contains(path) || objects_.contains(path)) return {};
  std::string definition = dynamic_definition(*mapping_.root().root, path, value);
  RETURN_IF_ERROR(count_objects_above(path));
  RETURN_IF_ERROR(count(definition == kText ? 2 : 1));
  fields_.emplace(path, std::move(definition));
  return {};
}

base::Result<bool> DynamicFields::add_object(const std::string& path) {
  if (fields_.contains(path)) return false;
  if (objects_.contains(path)) return true;
  const std::string_view name = last_part(path);
  if (const DynamicTemplate* entry = find_template(*mapping_.root().root, path, name, DynamicType::kObject)) {
    RETURN_IF_ERROR(count_objects_above(path));
    RETURN_IF_ERROR(count(1));
    fields_.emplace(path, entry->definition(name, DynamicType::kObject));
    return false;
  }
  RETURN_IF_ERROR(count_objects_above(path + '.'));
  return true;
}

std::string DynamicFields::update() const {
  if (fields_.empty() && objects_.empty()) return {};
  base::JsonWriter out;
  out.begin_object().key("properties").begin_object();
  const auto below_a_field = [&](const std::string& path) {
    const size_t end = objects_end(mapping_.root(), path);
    for (size_t dot = path.find('.'); dot < end; dot = path.find('.', dot + 1)) {
      if (fields_.contains(path.substr(0, dot))) return true;
    }
    return false;
  };
  for (const std::string& path : objects_) {
    if (!fields_.contains(path) && !below_a_field(path)) out.key(path).raw(R"({"type":"object"})");
  }
  for (const auto& [path, definition] : fields_) {
    if (!below_a_field(path)) out.key(path).raw(definition);
  }
  out.end_object().end_object();
  return out.take();
}

}  // namespace selene::index
