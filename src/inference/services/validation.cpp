#include "inference/services/validation.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "base/json/json_writer.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;

std::string wrong_type(std::string_view key, JsonValue value, std::string_view type) {
  return base::format("field [{}] is not of the expected type. The value [{}] cannot be converted to a [{}]", key, java_text(value),
                      type);
}

}  // namespace

base::Status Validation::status(ErrorCode code) const {
  if (faults_.empty()) return {};
  std::string text = "Validation Failed: ";
  for (size_t i = 0; i < faults_.size(); ++i) text += base::format("{}: {};", i + 1, faults_[i]);
  return Error(code, std::move(text));
}

std::string java_text(JsonValue value) {
  switch (value.type()) {
    case JsonType::kNull: return "null";
    case JsonType::kBool: return value.as_bool() ? "true" : "false";
    case JsonType::kInt64: return std::to_string(value.as_int64());
    case JsonType::kUint64: return std::to_string(value.as_uint64());
    case JsonType::kDouble: return base::format_number(value.as_double());
    case JsonType::kString: return std::string(value.as_string());
    case JsonType::kArray: {
      std::string text = "[";
      for (const JsonValue element : value.as_array()) text += (text.size() > 1 ? ", " : "") + java_text(element);
      return text + "]";
    }
    case JsonType::kObject: {
      std::string text = "{";
      for (const auto [key, member] : value.as_object())
        text += base::format("{}{}={}", text.size() > 1 ? ", " : "", key, java_text(member));
      return text + "}";
    }
  }
  return {};
}

Error unknown_settings_error(std::string_view leftovers, std::string_view service) {
  return Error(ErrorCode::kStatusBadRequest, "Configuration contains settings [{}] unknown to the [{}] service", leftovers,
               service);
}

SettingsReader::SettingsReader(JsonValue object, std::string_view scope, Validation& validation)
    : scope_(scope), validation_(validation) {
  if (object.is_object()) {
    object_ = object;
  } else if (!object.is_null()) {
    validation_.add(wrong_type(scope, object, "Map"));
  }
}

JsonValue SettingsReader::take(std::string_view key) {
  const JsonValue value = object_[key];
  if (value.exists()) taken_.push_back(key);
  return value;
}

std::optional<std::string> SettingsReader::optional_string(std::string_view key) {
  const JsonValue value = take(key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) {
    validation_.add(wrong_type(key, value, "String"));
    return std::nullopt;
  }
  if (value.as_string().empty()) {
    validation_.add(base::format("[{}] Invalid empty string. [{}] must be a non-empty string", scope_, key));
    return std::nullopt;
  }
  return std::string(value.as_string());
}

std::string SettingsReader::required_string(std::string_view key) {
  if (object_[key].is_null()) {
    take(key);
    validation_.add(base::format("[{}] does not contain the required setting [{}]", scope_, key));
    return {};
  }
  return optional_string(key).value_or(std::string());
}

std::optional<std::string> SettingsReader::optional_word(std::string_view key, std::span<const std::string_view> words) {
  std::optional<std::string> text = optional_string(key);
  if (!text.has_value()) return text;
  const auto same = [](char a, char b) { return a == b || (b >= 'a' && b <= 'z' && a == b - 'a' + 'A'); };
  std::string known;
  for (const std::string_view word : words) {
    if (std::equal(text->begin(), text->end(), word.begin(), word.end(), same)) return text;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  validation_.add(base::format("[{}] Invalid value [{}] received. [{}] must be one of [{}]", scope_, *text, key, known));
  return std::nullopt;
}

std::optional<bool> SettingsReader::optional_bool(std::string_view key) {
  const JsonValue value = take(key);
  if (value.is_null()) return std::nullopt;
  if (value.is_bool()) return value.as_bool();
  validation_.add(wrong_type(key, value, "Boolean"));
  return std::nullopt;
}

std::optional<int32_t> SettingsReader::optional_integer(std::string_view key, int64_t least, std::string_view rule) {
  const JsonValue value = take(key);
  if (value.is_null()) return std::nullopt;
  if (value.type() != JsonType::kInt64) {
    validation_.add(wrong_type(key, value, "Integer"));
    return std::nullopt;
  }
  const int64_t number = value.as_int64();
  if (number < least || number > std::numeric_limits<int32_t>::max()) {
    validation_.add(base::format("[{}] Invalid value [{}]. [{}] must be a {} integer", scope_, number, key, rule));
    return std::nullopt;
  }
  return static_cast<int32_t>(number);
}

std::optional<int32_t> SettingsReader::optional_positive(std::string_view key) { return optional_integer(key, 1, "positive"); }
std::optional<int32_t> SettingsReader::optional_non_negative(std::string_view key) {
  return optional_integer(key, 0, "non-negative");
}

std::optional<int32_t> SettingsReader::required_positive(std::string_view key) {
  if (object_[key].is_null()) {
    take(key);
    validation_.add(base::format("[{}] does not contain the required setting [{}]", scope_, key));
    return std::nullopt;
  }
  return optional_positive(key);
}

JsonValue SettingsReader::optional_object(std::string_view key) {
  const JsonValue value = take(key);
  if (value.is_null()) return {};
  if (value.is_object()) return value;
  validation_.add(wrong_type(key, value, "Map"));
  return {};
}

std::string SettingsReader::leftovers() const {
  if (!object_.exists()) return {};
  std::string text;
  for (const auto [key, value] : object_.as_object()) {
    if (std::find(taken_.begin(), taken_.end(), key) != taken_.end()) continue;
    text += base::format("{}{}={}", text.empty() ? "{" : ", ", key, java_text(value));
  }
  return text.empty() ? text : text + "}";
}

}  // namespace selene::inference
