#include "models/architectures/config_reader.h"

#include <array>

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;

struct ActivationName {
  std::string_view name;
  Activation activation;
};
constexpr std::array kActivations = {
    ActivationName{"gelu", Activation::kGelu},
    ActivationName{"gelu_new", Activation::kGeluNew},
    ActivationName{"gelu_pytorch_tanh", Activation::kGeluNew},
    ActivationName{"relu", Activation::kRelu},
    ActivationName{"silu", Activation::kSilu},
    ActivationName{"swish", Activation::kSilu},
    ActivationName{"tanh", Activation::kTanh},
};

std::string shown(JsonValue value) {
  switch (value.type()) {
    case JsonType::kNull: return "null";
    case JsonType::kBool: return value.as_bool() ? "true" : "false";
    case JsonType::kInt64: return std::to_string(value.as_int64());
    case JsonType::kUint64: return std::to_string(value.as_uint64());
    case JsonType::kDouble: return base::format("{}", value.as_double());
    case JsonType::kString: return std::string(value.as_string().substr(0, 100));
    case JsonType::kArray: return "an array";
    case JsonType::kObject: return "an object";
  }
  return {};
}

}  // namespace

Error ConfigReader::unsupported(std::string_view field, std::string_view given, std::string_view supported) const {
  return Error(ErrorCode::kIllegalArgument, "[{}]: [{}] is [{}]; supported: {}", file_.string(), field, given, supported);
}

base::Result<int64_t> ConfigReader::integer(std::string_view field, int64_t absent, int64_t low, int64_t high) const {
  const JsonValue value = config_[field];
  if (value.is_null()) return absent;
  if (value.type() != JsonType::kInt64 || value.as_int64() < low || value.as_int64() > high) {
    return unsupported(field, shown(value), base::format("whole numbers from {} to {}", low, high));
  }
  return value.as_int64();
}

base::Result<double> ConfigReader::number(std::string_view field, double absent, double low, double high) const {
  const JsonValue value = config_[field];
  if (value.is_null()) return absent;
  if (!value.is_number() || !(value.as_double() >= low && value.as_double() <= high)) {
    return unsupported(field, shown(value), base::format("numbers from {} to {}", low, high));
  }
  return value.as_double();
}

base::Result<std::string> ConfigReader::text(std::string_view field, std::string_view absent) const {
  const JsonValue value = config_[field];
  if (value.is_null()) return std::string(absent);
  if (!value.is_string()) return unsupported(field, shown(value), "a string");
  return std::string(value.as_string());
}

base::Result<bool> ConfigReader::flag(std::string_view field, bool absent) const {
  const JsonValue value = config_[field];
  if (value.is_null()) return absent;
  if (!value.is_bool()) return unsupported(field, shown(value), "true, false");
  return value.as_bool();
}

base::Result<Activation> ConfigReader::activation(std::string_view field, std::string_view absent) const {
  ASSIGN_OR_RETURN(const std::string name, text(field, absent));
  std::string names;
  for (const ActivationName& entry : kActivations) {
    if (entry.name == name) return entry.activation;
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return unsupported(field, name.substr(0, 100), names);
}

base::Result<std::string> ConfigReader::choice(std::string_view field, std::string_view absent,
                                               std::span<const std::string_view> allowed) const {
  ASSIGN_OR_RETURN(std::string given, text(field, absent));
  std::string names;
  for (const std::string_view name : allowed) {
    if (name == given) return given;
    names += names.empty() ? "" : ", ";
    names += name;
  }
  return unsupported(field, given.substr(0, 100), names);
}

base::Status ConfigReader::expect_flag(std::string_view field, bool expected) const {
  ASSIGN_OR_RETURN(const bool given, flag(field, expected));
  if (given == expected) return {};
  return unsupported(field, given ? "true" : "false", expected ? "true" : "false");
}

base::Status ConfigReader::check_positions(int64_t positions, int64_t width) const {
  constexpr int64_t kMaxNumbers = int64_t{1} << 26;
  if (positions <= kMaxNumbers / width) return {};
  return unsupported("max_position_embeddings", std::to_string(positions),
                     base::format("at most {} with heads of this number and size", kMaxNumbers / width));
}

base::Result<int64_t> ConfigReader::num_labels() const {
  const JsonValue id2label = config_["id2label"];
  const int64_t absent = id2label.is_object() ? static_cast<int64_t>(id2label.as_object().size()) : 2;
  return integer("num_labels", absent, 1, 1'000'000);
}

}  // namespace selene::models
