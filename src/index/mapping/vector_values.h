#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/vector_options.h"

namespace selene::index {

/// The components of a vector as numbers: dims of them, for bit vectors dims / 8, each a byte of eight bits in -128..127.
using VectorValues = std::vector<float>;

/// Components in `values` of a vector of `type`.
constexpr int32_t dims_of(ElementType type, size_t num_values) {
  return static_cast<int32_t>(num_values) * (type == ElementType::kBit ? 8 : 1);
}

/// Where a vector stands: what is read and how it is refused differ a little.
enum class VectorUse : uint8_t { kDocument, kQuery };

/// Reads an array of numbers, or a string: hexadecimal for byte and bit, base64 of big-endian numbers for every type (bfloat16: of
/// two or, when `dims` says so, four bytes each). `dims`: what is expected, 0 if anything is. Numbers that the type cannot hold
/// pass; see check_components. A query's numbers may be texts. Errors: kParsing, kIllegalArgument.
base::Result<VectorValues> read_vector(base::JsonValue value, ElementType type, int32_t dims, VectorUse use);
/// Whether the type can hold every component. Errors: kIllegalArgument naming the first that it cannot.
base::Status check_components(std::span<const float> values, ElementType type, VectorUse use);
/// Whether a float32 holds the squared length: products of others overflow. Errors: kIllegalArgument.
base::Status check_finite_magnitude(std::span<const float> values, ElementType type);
/// Whether the similarity can be computed: no length that is zero in float32 under cosine, unit length under dot_product of float
/// types. Errors: kIllegalArgument.
base::Status check_magnitude(std::span<const float> values, ElementType type, VectorSimilarity similarity);

/// The bytes of the vector as they are stored (vector_bytes).
std::string encode_vector(std::span<const float> values, ElementType type);
/// The reverse.
void decode_vector(const char* bytes, ElementType type, int32_t dims, VectorValues& values);

}  // namespace selene::index
