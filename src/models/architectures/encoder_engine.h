#pragma once

#include <memory>

#include "models/archives/safetensors.h"
#include "models/layers/encoder_weights.h"
#include "models/runtime/any_encoder.h"

namespace selene::models {

/// Runs EncoderWeights over batches: checks them, cuts them into chunks, shares the chunks out to threads. Immutable, thread-safe.
class EncoderEngine {
 public:
  /// Keeps `tensors`: embeddings are read from their mapping.
  EncoderEngine(const KernelTable& table, Tier tier, EncoderWeights weights, std::shared_ptr<const TensorMap> tensors);

  std::unique_ptr<Encoder::Workspace> make_workspace(int32_t num_threads) const;
  /// output: [num_rows, weights().output_size()]. Errors: those of CrossEncoder::forward.
  base::Status run(const PackedBatch& batch, Encoder::Workspace& workspace, const base::Cancellation& cancellation,
                   std::span<float> output) const;
  const EncoderWeights& weights() const { return weights_; }
  Tier tier() const { return tier_; }

 private:
  base::Status check(const PackedBatch& batch, std::span<const float> output) const;

  const KernelTable& table_;
  Tier tier_;
  EncoderWeights weights_;
  std::shared_ptr<const TensorMap> tensors_;
};

/// What of a dense encoder lies behind its weights.
struct DenseOptions {
  bool normalize = false;  ///< vectors are divided by their length
  Similarity similarity = Similarity::kCosine;
};

/// The engine as an encoder of a kind; `dense` is looked at for that kind only.
AnyEncoder make_encoder(ModelKind kind, EncoderEngine engine, const DenseOptions& dense);

}  // namespace selene::models
