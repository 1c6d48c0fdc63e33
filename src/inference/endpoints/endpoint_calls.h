#pragma once

#include <chrono>
#include <string>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/endpoints/inference_service.h"
#include "inference/services/service.h"

namespace selene::inference {

/// "30s", "500ms", "1m": the unit that needs no fraction.
std::string format_time(std::chrono::milliseconds time);

/// `cancellation` that also ends after `timeout`; as it is for a negative or very long one.
base::Cancellation limited_by(std::chrono::milliseconds timeout, const base::Cancellation& cancellation);

/// Calls with a deadline: one that passed inside is told in the API's words (kStatusTimeout `Request timed out after [30s]`),
/// whatever the layer below said.
template <class Call>
auto with_timeout(std::chrono::milliseconds timeout, const base::Cancellation& cancellation, Call call) {
  const base::Cancellation limited = limited_by(timeout, cancellation);
  auto result = call(limited);
  const bool late = !result.has_value() && !cancellation.should_stop() && limited.deadline_passed();
  if (late) result = base::Error(base::ErrorCode::kStatusTimeout, "Request timed out after [{}]", format_time(timeout));
  return result;
}

/// POST _inference/{id} on an endpoint: body in, answer out. Errors: kXContentParse, kActionRequestValidation, those of the
/// endpoint.
base::Result<InferenceResponse> run_inference(Endpoint& endpoint, base::JsonValue body, std::chrono::milliseconds timeout,
                                              const base::Cancellation& cancellation);

}  // namespace selene::inference
