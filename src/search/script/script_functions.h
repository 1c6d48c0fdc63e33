#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace selene::search {

/// Whether Math has `name` with that many arguments; -1: a constant.
bool is_math_name(std::string_view name, int num_arguments);
/// REQUIRES: is_math_name.
double math_constant(std::string_view name);
double math_function(std::string_view name, std::span<const double> arguments);

/// Whether scripts may call `name` with that many arguments: saturation, sigmoid, decayNumeric*, decayDate*, randomScore, the
/// vector functions.
bool is_script_function(std::string_view name, size_t num_arguments);

/// value / (k + value), for saturation(value, k).
double saturation(double value, double k);
/// value^a / (k^a + value^a), for sigmoid(value, k, a).
double sigmoid(double value, double k, double a);

enum class DecayShape : uint8_t { kGauss, kLinear, kExp };
/// How much is left at `distance` from the origin: 1 at 0, `decay` at `scale`. Source: Elasticsearch's decay functions.
double decay_at(DecayShape shape, double distance, double scale, double decay);
/// |value - origin| beyond `offset`.
double decay_distance(double value, double origin, double offset);

/// A vector of floats against one stored vector of the same length.
double dot_product(std::span<const float> a, std::span<const float> b);
double cosine_similarity(std::span<const float> a, std::span<const float> b);
double l1_norm(std::span<const float> a, std::span<const float> b);
double l2_norm(std::span<const float> a, std::span<const float> b);
/// Bits that differ, the values being bytes.
double hamming_distance(std::span<const float> a, std::span<const float> b);

}  // namespace selene::search
