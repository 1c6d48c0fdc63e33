#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace selene::models {

/// Turns a re-ranker's logits into probabilities that a passage is relevant: sigmoid(logit / temperature + bias).
/// Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Guo et al., "On Calibration of Modern Neural
/// Networks", ICML 2017.
struct Calibration {
  double temperature = 1;  ///< above 0
  double bias = 0;

  /// In [0, 1], grows with the logit. NaN stays NaN.
  float probability(float logit) const;
  /// The text of `calibration.json`: {"temperature":1.5,"bias":-0.5}
  std::string to_json() const;
};

/// `calibration.json` of a model folder; nothing if there is none. Errors: kIllegalArgument (not such an object, a temperature that
/// is not above 0), kIo.
base::Result<std::optional<Calibration>> read_calibration(const std::filesystem::path& folder);

/// A pair whose relevance is known, and the model's logit for it.
struct LabelledLogit {
  float logit = 0;
  bool relevant = false;
};

/// The calibration under which the labels are most likely (logistic regression on the logit, Newton's method with step halving; a
/// ridge of 1e-6 keeps it finite where the labels are separable). Errors: kIllegalArgument if one of the labels is missing, if a
/// logit is not finite, or if a higher logit does not mean more relevant.
base::Result<Calibration> fit_calibration(std::span<const LabelledLogit> pairs);

/// Mean of -ln p(label), in nats.  REQUIRES: pairs not empty.
double log_loss(const Calibration& calibration, std::span<const LabelledLogit> pairs);
/// Expected calibration error: |mean probability - share of relevant pairs| of 15 bins of equal width, weighted by their pairs.
/// REQUIRES: pairs not empty.
double expected_calibration_error(const Calibration& calibration, std::span<const LabelledLogit> pairs);

}  // namespace selene::models
