#pragma once

#include <cstdint>
#include <span>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// A transformer that reads query and document together.
class CrossEncoder : public Encoder {
 public:
  /// logits: [num_rows, num_labels] float32. Errors: kIllegalArgument (ids out of the vocabulary, rows too long),
  /// kTaskCancelled between layers, kIllegalState if a logit is not finite.
  virtual base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                               std::span<float> logits) const = 0;
  virtual int32_t num_labels() const = 0;
};

}  // namespace selene::models
