#pragma once

#include <memory>

#include "models/archives/safetensors.h"
#include "models/layers/encoder_weights.h"
#include "models/runtime/cross_encoder.h"

namespace selene::models {

/// A CrossEncoder over EncoderWeights: checks batches, cuts them into chunks, shares the chunks out to threads.
class EncoderModel final : public CrossEncoder {
 public:
  /// Keeps `tensors`: embeddings are read from their mapping.
  EncoderModel(const KernelTable& table, Tier tier, EncoderWeights weights, std::shared_ptr<const TensorMap> tensors);

  std::unique_ptr<Workspace> make_workspace(int32_t num_threads) const override;
  base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                       std::span<float> logits) const override;
  int32_t num_labels() const override { return weights_.head.classifier.out_features(); }
  int32_t max_length() const override { return weights_.max_length; }
  Tier tier() const override { return tier_; }
  int64_t weight_bytes() const override { return weights_.bytes(); }
  double flops(const PackedBatch& batch) const override;

 private:
  base::Status check(const PackedBatch& batch, std::span<const float> logits) const;

  const KernelTable& table_;
  Tier tier_;
  EncoderWeights weights_;
  std::shared_ptr<const TensorMap> tensors_;
};

}  // namespace selene::models
