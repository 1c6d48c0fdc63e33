#include "search/script/script_functions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace selene::search {
namespace {

struct MathFunction {
  std::string_view name;
  int num_arguments;
  double (*apply)(double a, double b);
};

// Sorted by name.
constexpr MathFunction kMath[] = {
    {"abs", 1, [](double a, double) { return std::abs(a); }},
    {"acos", 1, [](double a, double) { return std::acos(a); }},
    {"asin", 1, [](double a, double) { return std::asin(a); }},
    {"atan", 1, [](double a, double) { return std::atan(a); }},
    {"atan2", 2, [](double a, double b) { return std::atan2(a, b); }},
    {"cbrt", 1, [](double a, double) { return std::cbrt(a); }},
    {"ceil", 1, [](double a, double) { return std::ceil(a); }},
    {"cos", 1, [](double a, double) { return std::cos(a); }},
    {"cosh", 1, [](double a, double) { return std::cosh(a); }},
    {"exp", 1, [](double a, double) { return std::exp(a); }},
    {"expm1", 1, [](double a, double) { return std::expm1(a); }},
    {"floor", 1, [](double a, double) { return std::floor(a); }},
    {"hypot", 2, [](double a, double b) { return std::hypot(a, b); }},
    {"log", 1, [](double a, double) { return std::log(a); }},
    {"log10", 1, [](double a, double) { return std::log10(a); }},
    {"log1p", 1, [](double a, double) { return std::log1p(a); }},
    {"max", 2, [](double a, double b) { return std::isnan(a) || std::isnan(b) ? std::nan("") : std::max(a, b); }},
    {"min", 2, [](double a, double b) { return std::isnan(a) || std::isnan(b) ? std::nan("") : std::min(a, b); }},
    {"pow", 2, [](double a, double b) { return std::pow(a, b); }},
    {"rint", 1, [](double a, double) { return std::nearbyint(a); }},
    {"round", 1, [](double a, double) { return std::floor(a + 0.5); }},
    {"signum", 1, [](double a, double) { return a > 0   ? 1.0
                                                : a < 0 ? -1.0
                                                        : a; }},
    {"sin", 1, [](double a, double) { return std::sin(a); }},
    {"sinh", 1, [](double a, double) { return std::sinh(a); }},
    {"sqrt", 1, [](double a, double) { return std::sqrt(a); }},
    {"tan", 1, [](double a, double) { return std::tan(a); }},
    {"tanh", 1, [](double a, double) { return std::tanh(a); }},
    {"toDegrees", 1, [](double a, double) { return a * 180 / std::numbers::pi; }},
    {"toRadians", 1, [](double a, double) { return a * std::numbers::pi / 180; }},
};

const MathFunction* find_math(std::string_view name) {
  for (const MathFunction& function : kMath) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

struct Callable {
  std::string_view name;
  size_t min_arguments;
  size_t max_arguments;
};
constexpr Callable kFunctions[] = {
    {"cosineSimilarity", 2, 2},
    {"decayDateExp", 5, 5},
    {"decayDateGauss", 5, 5},
    {"decayDateLinear", 5, 5},
    {"decayNumericExp", 5, 5},
    {"decayNumericGauss", 5, 5},
    {"decayNumericLinear", 5, 5},
    {"dotProduct", 2, 2},
    {"hamming", 2, 2},
    {"l1norm", 2, 2},
    {"l2norm", 2, 2},
    {"randomScore", 1, 2},
    {"saturation", 2, 2},
    {"sigmoid", 3, 3},
};

}  // namespace

bool is_math_name(std::string_view name, int num_arguments) {
  if (num_arguments < 0) return name == "E" || name == "PI";
  const MathFunction* const function = find_math(name);
  return function != nullptr && function->num_arguments == num_arguments;
}

double math_constant(std::string_view name) { return name == "E" ? std::numbers::e : std::numbers::pi; }

double math_function(std::string_view name, std::span<const double> arguments) {
  return find_math(name)->apply(arguments[0], arguments.size() > 1 ? arguments[1] : 0);
}

bool is_script_function(std::string_view name, size_t num_arguments) {
  return std::ranges::any_of(kFunctions, [&](const Callable& function) {
    return function.name == name && num_arguments >= function.min_arguments && num_arguments <= function.max_arguments;
  });
}

double saturation(double value, double k) { return value / (k + value); }
double sigmoid(double value, double k, double a) { return std::pow(value, a) / (std::pow(k, a) + std::pow(value, a)); }

double decay_at(DecayShape shape, double distance, double scale, double decay) {
  switch (shape) {
    case DecayShape::kGauss: {
      const double variance = 0.5 * scale * scale / std::log(decay);
      return std::exp(0.5 * distance * distance / variance);
    }
    case DecayShape::kExp: return std::exp(std::log(decay) / scale * distance);
    case DecayShape::kLinear: break;
  }
  const double reach = scale / (1.0 - decay);
  return std::max(0.0, (reach - distance) / reach);
}

double decay_distance(double value, double origin, double offset) { return std::max(0.0, std::abs(value - origin) - offset); }

double dot_product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double cosine_similarity(std::span<const float> a, std::span<const float> b) {
  return dot_product(a, b) / (std::sqrt(dot_product(a, a)) * std::sqrt(dot_product(b, b)));
}

double l1_norm(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
  return sum;
}

double l2_norm(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

double hamming_distance(std::span<const float> a, std::span<const float> b) {
  int bits = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    bits += std::popcount(static_cast<uint8_t>(static_cast<int8_t>(a[i]) ^ static_cast<int8_t>(b[i])));
  }
  return bits;
}

}  // namespace selene::search
