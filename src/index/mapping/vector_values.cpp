#include "index/mapping/vector_values.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/base64.h"
#include "base/json/json_writer.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr double kUnitLengthTolerance = 1e-4;

bool is_whole(ElementType type) { return type == ElementType::kByte || type == ElementType::kBit; }

std::string component_text(float value, ElementType type) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (is_whole(type) && value == std::trunc(value) && std::abs(value) < 1e9F) return std::to_string(static_cast<int64_t>(value));
  return base::format_number(value);
}

std::string preview(std::span<const float> values, ElementType type) {
  constexpr size_t kShown = 5;
  std::string text = " Preview of invalid vector: [";
  for (size_t i = 0; i < std::min(values.size(), kShown); ++i) text += (i == 0 ? "" : ", ") + component_text(values[i], type);
  return text + (values.size() > kShown ? ", ...]" : "]");
}

double squared_magnitude(std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  return squares;
}

std::string_view found_token(JsonValue value) {
  if (value.is_array()) return "START_ARRAY";
  if (value.is_object()) return "START_OBJECT";
  if (value.is_string()) return "VALUE_STRING";
  return value.is_bool() ? "VALUE_BOOLEAN" : "VALUE_NULL";
}

/// NaN and Infinity too.
Result<float> number_of(std::string_view text) {
  float number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// False if `text` is not hexadecimal.
bool read_hex(std::string_view text, VectorValues& values) {
  if (text.size() % 2 != 0) return false;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    values.push_back(static_cast<float>(static_cast<int8_t>(high * 16 + low)));
  }
  return true;
}

template <class Bits>
Bits big_endian(const char* at) {
  Bits bits = 0;
  for (size_t i = 0; i < sizeof(Bits); ++i) bits = static_cast<Bits>(bits << 8 | static_cast<uint8_t>(at[i]));
  return bits;
}

/// False if the bytes are no vector of the type.
bool read_bytes(std::string_view bytes, ElementType type, int32_t dims, VectorValues& values) {
  if (is_whole(type)) {
    for (const char byte : bytes) values.push_back(static_cast<float>(static_cast<int8_t>(byte)));
    return true;
  }
  const bool halves = type == ElementType::kBfloat16 && bytes.size() != static_cast<size_t>(dims) * 4;
  const size_t width = halves ? 2 : 4;
  if (bytes.size() % width != 0) return false;
  for (size_t i = 0; i < bytes.size(); i += width) {
    values.push_back(halves ? bfloat16_to_float(big_endian<uint16_t>(&bytes[i]))
                            : std::bit_cast<float>(big_endian<uint32_t>(&bytes[i])));
  }
  return true;
}

Result<VectorValues> read_text(std::string_view text, ElementType type, int32_t dims) {
  VectorValues values;
  if (is_whole(type) && read_hex(text, values)) return values;
  values.clear();
  const auto bytes = base::base64_decode(text);
  if (bytes && read_bytes(*bytes, type, dims, values)) return values;
  if (is_whole(type)) {
    return Error(ErrorCode::kIllegalArgument,
                 "failed to parse a vector of element_type [{}] from a string: neither hexadecimal nor base64",
                 element_type_name(type));
  }
  return Error(ErrorCode::kIllegalArgument, "failed to parse a vector of element_type [{}] from a string: no base64 of numbers",
               element_type_name(type));
}

}  // namespace

std::string_view element_type_name(ElementType type) {
  switch (type) {
    case ElementType::kFloat: return "float";
    case ElementType::kByte: return "byte";
    case ElementType::kBit: return "bit";
    case ElementType::kBfloat16: return "bfloat16";
  }
  return "float";
}

std::string_view similarity_name(VectorSimilarity similarity) {
  switch (similarity) {
    case VectorSimilarity::kCosine: return "cosine";
    case VectorSimilarity::kDotProduct: return "dot_product";
    case VectorSimilarity::kL2Norm: return "l2_norm";
    case VectorSimilarity::kMaxInnerProduct: return "max_inner_product";
  }
  return "cosine";
}

float bfloat16_to_float(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

uint16_t float_to_bfloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(bits >> 16 | 0x40);
  return static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

Result<VectorValues> read_vector(JsonValue value, ElementType type, int32_t dims, VectorUse use) {
  if (value.is_string()) return read_text(value.as_string(), type, dims);
  if (!value.is_array()) {
    return Error(ErrorCode::kParsing, "Failed to parse object: expecting token of type [START_ARRAY] but found [{}]",
                 value.is_number() ? "VALUE_NUMBER" : found_token(value));
  }
  VectorValues values;
  values.reserve(static_cast<size_t>(dims));
  for (const JsonValue element : value.as_array()) {
    if (use == VectorUse::kQuery && element.is_string()) {
      ASSIGN_OR_RETURN(const float number, number_of(element.as_string()));
      values.push_back(number);
      continue;
    }
    if (!element.is_number()) {
      return Error(ErrorCode::kParsing, "Failed to parse object: expecting token of type [VALUE_NUMBER] but found [{}]",
                   found_token(element));
    }
    values.push_back(static_cast<float>(element.as_double()));
  }
  return values;
}

Status check_components(std::span<const float> values, ElementType type, VectorUse use) {
  // Elasticsearch reads a query's bytes as floats, and stops in a document's at the first that it cannot hold.
  const bool of_query = use == VectorUse::kQuery;
  const ElementType shown = of_query ? ElementType::kFloat : type;
  const ElementType named = of_query && type == ElementType::kBit ? ElementType::kByte : type;
  const auto refuse = [&](size_t dim, std::string_view what) {
    return Error(ErrorCode::kIllegalArgument, "element_type [{}] vectors {} [{}] at dim [{}];{}", element_type_name(named), what,
                 component_text(values[dim], shown), dim, of_query || !is_whole(type) ? preview(values, shown) : std::string());
  };
  for (size_t i = 0; i < values.size(); ++i) {
    if (is_whole(type)) {
      if (!(values[i] >= -128 && values[i] <= 127)) return refuse(i, "only support integers between [-128, 127] but found");
      if (values[i] != std::trunc(values[i])) return refuse(i, "only support non-decimal values but found decimal value");
      continue;
    }
    const float held = type == ElementType::kBfloat16 ? bfloat16_to_float(float_to_bfloat16(values[i])) : values[i];
    if (std::isnan(held)) return refuse(i, "do not support NaN values but found");
    if (std::isinf(held)) return refuse(i, "do not support infinite values but found");
  }
  return {};
}

Status check_finite_magnitude(std::span<const float> values, ElementType type) {
  if (std::isfinite(static_cast<float>(squared_magnitude(values)))) return {};
  return Error(ErrorCode::kIllegalArgument,
               "NaN or Infinite magnitude detected, this usually means the vector values are too extreme to fit within a float.{}",
               preview(values, type));
}

Status check_magnitude(std::span<const float> values, ElementType type, VectorSimilarity similarity) {
  const double squares = squared_magnitude(values);
  if (similarity == VectorSimilarity::kCosine && !(static_cast<float>(squares) > 0)) {
    return Error(ErrorCode::kIllegalArgument, "The [cosine] similarity does not support vectors with zero magnitude.{}",
                 preview(values, type));
  }
  if (similarity == VectorSimilarity::kDotProduct && !is_whole(type) && std::abs(squares - 1) > kUnitLengthTolerance) {
    return Error(ErrorCode::kIllegalArgument, "The [dot_product] similarity can only be used with unit-length vectors.{}",
                 preview(values, type));
  }
  return {};
}

std::string encode_vector(std::span<const float> values, ElementType type) {
  std::string bytes;
  if (type == ElementType::kFloat) {
    bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  } else if (type == ElementType::kBfloat16) {
    bytes.resize(values.size() * 2);
    for (size_t i = 0; i < values.size(); ++i) {
      const uint16_t bits = float_to_bfloat16(values[i]);
      std::memcpy(&bytes[i * 2], &bits, sizeof bits);
    }
  } else {
    for (const float value : values) bytes.push_back(static_cast<char>(static_cast<int8_t>(value)));
  }
  return bytes;
}

void decode_vector(const char* bytes, ElementType type, int32_t dims, VectorValues& values) {
  values.resize(type == ElementType::kBit ? static_cast<size_t>(dims) / 8 : static_cast<size_t>(dims));
  if (type == ElementType::kFloat) {
    std::memcpy(values.data(), bytes, values.size() * sizeof(float));
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    uint16_t bits = 0;
    if (type == ElementType::kBfloat16) std::memcpy(&bits, bytes + i * 2, sizeof bits);
    values[i] = type == ElementType::kBfloat16 ? bfloat16_to_float(bits) : static_cast<float>(static_cast<int8_t>(bytes[i]));
  }
}

}  // namespace selene::index
