#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// A token of the vocabulary and its weight, above 0.
struct TokenWeight {
  int32_t token_id = 0;
  float weight = 0.0F;
};

/// A transformer that expands a text into weights of the vocabulary's tokens:
///   weight(token) = max over positions of log(1 + relu(logit of the masked language model's head)).
/// All positions count, those of special tokens too.  Source: Formal et al., "SPLADE v2", 2021; sentence-transformers
/// SpladePooling.
class SparseEncoder : public Encoder {
 public:
  /// rows: [num_rows]; each is replaced by its token weights, ascending token_id, zeros left out. Errors: as CrossEncoder::forward;
  /// kIllegalState if a weight is not finite.
  virtual base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                               std::span<std::vector<TokenWeight>> rows) const = 0;
  virtual int32_t vocab_size() const = 0;
};

}  // namespace selene::models
