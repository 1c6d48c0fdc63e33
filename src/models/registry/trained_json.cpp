#include "models/registry/trained_json.h"

#include <algorithm>

#include "base/json/json_writer.h"

namespace selene::models {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

FieldReader::FieldReader(JsonValue object, std::string_view scope) : object_(object), scope_(scope) {
  if (object.exists() && !object.is_null() && !object.is_object()) {
    fault_ = Error(ErrorCode::kXContentParse, "[{}] must be an object", scope);
    object_ = JsonValue();
  }
}

void FieldReader::fault(std::string_view name, std::string_view expected) {
  if (!fault_) fault_ = Error(ErrorCode::kXContentParse, "[{}] failed to parse field [{}]: {} is expected", scope_, name, expected);
}

bool FieldReader::taken(std::string_view name) const { return std::find(taken_.begin(), taken_.end(), name) != taken_.end(); }

JsonValue FieldReader::value(std::string_view name) {
  if (!object_.is_object()) return {};
  const JsonValue found = object_[name];
  if (found.exists()) taken_.push_back(name);
  return found;
}

std::optional<std::string> FieldReader::text(std::string_view name) {
  const JsonValue found = value(name);
  if (!found.exists() || found.is_null()) return std::nullopt;
  if (found.is_string()) return std::string(found.as_string());
  fault(name, "a string");
  return std::nullopt;
}

std::optional<bool> FieldReader::flag(std::string_view name) {
  const JsonValue found = value(name);
  if (!found.exists() || found.is_null()) return std::nullopt;
  if (found.is_bool()) return found.as_bool();
  if (found.is_string() && (found.as_string() == "true" || found.as_string() == "false")) return found.as_string() == "true";
  fault(name, "true or false");
  return std::nullopt;
}

std::optional<int64_t> FieldReader::integer(std::string_view name) {
  const JsonValue found = value(name);
  if (!found.exists() || found.is_null()) return std::nullopt;
  if (found.type() == base::JsonType::kInt64) return found.as_int64();
  fault(name, "an integer");
  return std::nullopt;
}

std::optional<std::vector<std::string>> FieldReader::texts(std::string_view name) {
  const JsonValue found = value(name);
  if (!found.exists() || found.is_null()) return std::nullopt;
  std::vector<std::string> out;
  if (found.is_string()) return std::vector<std::string>{std::string(found.as_string())};
  if (found.is_array()) {
    for (const JsonValue item : found.as_array()) {
      if (!item.is_string()) {
        fault(name, "an array of strings");
        return std::nullopt;
      }
      out.emplace_back(item.as_string());
    }
    return out;
  }
  fault(name, "an array of strings");
  return std::nullopt;
}

std::string FieldReader::object_text(std::string_view name) {
  const JsonValue found = value(name);
  if (!found.exists() || found.is_null()) return {};
  if (found.is_object()) return base::JsonWriter().value(found).take();
  fault(name, "an object");
  return {};
}

std::string FieldReader::take_others() {
  if (!object_.is_object()) return {};
  base::JsonWriter out;
  out.begin_object();
  bool any = false;
  for (const auto& [key, member] : object_.as_object()) {
    if (taken(key)) continue;
    taken_.push_back(key);
    out.field(key, member);
    any = true;
  }
  return any ? out.end_object().take() : std::string();
}

base::Status FieldReader::finish() const {
  if (fault_) return *fault_;
  if (!object_.is_object()) return {};
  for (const auto& [key, member] : object_.as_object()) {
    if (!taken(key)) return Error(ErrorCode::kXContentParse, "[{}] unknown field [{}]", scope_, key);
  }
  return {};
}

base::Error validation_failed(std::string_view reason) {
  return base::Error(base::ErrorCode::kActionRequestValidation, "Validation Failed: 1: {};", reason);
}

}  // namespace selene::models
