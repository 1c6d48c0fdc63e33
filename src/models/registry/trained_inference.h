#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "models/registry/trained_config.h"
#include "models/runtime/deployment.h"

namespace selene::models {

/// Which of the config's prefixes stands before a text.
enum class PrefixType : uint8_t { kNone, kIngest, kSearch };

/// The body of `_infer` without its documents: the config as the call changes it.
struct InferenceUpdate {
  TokenizationConfig tokenization;
  std::string results_field = "predicted_value";
  SpanScores span_scores = SpanScores::kMax;
  std::string text;  ///< of text_similarity: the query

  /// `inference_config` of the call (may be missing) over the model's own. Errors: kStatusBadRequest, kXContentParse,
  /// kIllegalArgument.
  static base::Result<InferenceUpdate> parse(const TrainedConfig& config, base::JsonValue inference_config);
};

/// Runs documents through a deployed model and writes one object for each: {"predicted_value": ...}, with "is_truncated": true
/// where a text was cut, or {"warning": ...} for a document without the input field. Documents without it cost nothing. `docs`: an
/// array of objects. Errors: kIllegalArgument (a text too long for truncate none), those of Deployment::run.
base::Result<std::vector<std::string>> run_trained_inference(const TrainedConfig& config, const InferenceUpdate& update,
                                                             PrefixType prefix, base::JsonValue docs, Deployment& deployment,
                                                             const base::Cancellation& cancellation);

}  // namespace selene::models
