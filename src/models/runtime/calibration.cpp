#include "models/runtime/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/env.h"
#include "base/json/json_document.h"
#include "base/json/json_writer.h"

namespace selene::models {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr std::string_view kFileName = "calibration.json";
constexpr double kRidge = 1e-6;
constexpr int kMaxSteps = 100;
constexpr size_t kMaxFileBytes = 1 << 16;

double sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

/// ln(1 + e^x) without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// sigmoid(slope * logit + bias): what is fitted.
struct Line {
  double slope = 1;
  double bias = 0;
};

double loss_of(const Line& line, std::span<const LabelledLogit> pairs) {
  double sum = 0;
  for (const LabelledLogit& pair : pairs) {
    const double x = line.slope * static_cast<double>(pair.logit) + line.bias;
    sum += softplus(pair.relevant ? -x : x);
  }
  return sum / static_cast<double>(pairs.size()) + kRidge / 2 * (line.slope * line.slope + line.bias * line.bias);
}

/// Where a whole Newton step from `line` leads.
Line newton_step(const Line& line, std::span<const LabelledLogit> pairs) {
  double by_slope = 0;
  double by_bias = 0;
  double slope_slope = 0;
  double slope_bias = 0;
  double bias_bias = 0;
  for (const LabelledLogit& pair : pairs) {
    const auto logit = static_cast<double>(pair.logit);
    const double p = sigmoid(line.slope * logit + line.bias);
    const double error = p - (pair.relevant ? 1 : 0);
    const double weight = p * (1 - p);
    by_slope += error * logit;
    by_bias += error;
    slope_slope += weight * logit * logit;
    slope_bias += weight * logit;
    bias_bias += weight;
  }
  const auto n = static_cast<double>(pairs.size());
  by_slope = by_slope / n + kRidge * line.slope;
  by_bias = by_bias / n + kRidge * line.bias;
  slope_slope = slope_slope / n + kRidge;
  bias_bias = bias_bias / n + kRidge;
  slope_bias /= n;
  const double determinant = slope_slope * bias_bias - slope_bias * slope_bias;
  return {line.slope - (bias_bias * by_slope - slope_bias * by_bias) / determinant,
          line.bias - (slope_slope * by_bias - slope_bias * by_slope) / determinant};
}

}  // namespace

float Calibration::probability(float logit) const {
  return static_cast<float>(sigmoid(static_cast<double>(logit) / temperature + bias));
}

std::string Calibration::to_json() const {
  return base::JsonWriter().begin_object().field("temperature", temperature).field("bias", bias).end_object().take();
}

Result<std::optional<Calibration>> read_calibration(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kFileName;
  std::error_code fault;
  if (!std::filesystem::exists(path, fault)) return std::optional<Calibration>();
  ASSIGN_OR_RETURN(const std::string text, base::system_env().read_file(path, kMaxFileBytes));
  const auto document = base::JsonDocument::parse(text);
  const base::JsonValue root = document.has_value() ? document->root() : base::JsonValue();
  const base::JsonValue temperature = root["temperature"];
  const base::JsonValue bias = root["bias"];
  const auto finite = [](base::JsonValue value) { return value.is_number() && std::isfinite(value.as_double()); };
  if (!finite(temperature) || !(temperature.as_double() > 0) || !finite(bias)) {
    return Error(ErrorCode::kIllegalArgument, "[{}] must be an object with numbers [temperature] (above 0) and [bias]",
                 path.string());
  }
  return std::optional(Calibration{temperature.as_double(), bias.as_double()});
}

Result<Calibration> fit_calibration(std::span<const LabelledLogit> pairs) {
  const auto num_relevant = std::count_if(pairs.begin(), pairs.end(), [](const LabelledLogit& pair) { return pair.relevant; });
  if (num_relevant == 0 || num_relevant == static_cast<std::ptrdiff_t>(pairs.size())) {
    return Error(ErrorCode::kIllegalArgument, "calibration needs relevant and other pairs: [{}] of [{}] are relevant", num_relevant,
                 pairs.size());
  }
  if (!std::all_of(pairs.begin(), pairs.end(), [](const LabelledLogit& pair) { return std::isfinite(pair.logit); }))
    return Error(ErrorCode::kIllegalArgument, std::string("the model gave a logit that is not a finite number"));
  Line line;
  double loss = loss_of(line, pairs);
  for (int step = 0; step < kMaxSteps; ++step) {
    Line next = newton_step(line, pairs);
    double next_loss = loss_of(next, pairs);
    while (!(next_loss <= loss) && std::abs(next.slope - line.slope) + std::abs(next.bias - line.bias) > 1e-12) {
      next = {(line.slope + next.slope) / 2, (line.bias + next.bias) / 2};
      next_loss = loss_of(next, pairs);
    }
    const bool done = !(loss - next_loss > 1e-15);
    if (next_loss <= loss) line = next;
    loss = std::min(loss, next_loss);
    if (done) break;
  }
  if (!(line.slope > 1e-6)) {
    return Error(ErrorCode::kIllegalArgument, "the model does not give relevant pairs higher logits: the fitted slope is [{}]",
                 line.slope);
  }
  return Calibration{1 / line.slope, line.bias};
}

double log_loss(const Calibration& calibration, std::span<const LabelledLogit> pairs) {
  double sum = 0;
  for (const LabelledLogit& pair : pairs) {
    const double x = static_cast<double>(pair.logit) / calibration.temperature + calibration.bias;
    sum += softplus(pair.relevant ? -x : x);
  }
  return sum / static_cast<double>(pairs.size());
}

double expected_calibration_error(const Calibration& calibration, std::span<const LabelledLogit> pairs) {
  constexpr size_t kBins = 15;
  std::array<double, kBins> excess{};  // sum of probabilities minus relevant pairs
  for (const LabelledLogit& pair : pairs) {
    const auto p = static_cast<double>(calibration.probability(pair.logit));
    excess[std::min(kBins - 1, static_cast<size_t>(p * kBins))] += p - (pair.relevant ? 1 : 0);
  }
  double sum = 0;
  for (const double bin : excess) sum += std::abs(bin);
  return sum / static_cast<double>(pairs.size());
}

}  // namespace selene::models
