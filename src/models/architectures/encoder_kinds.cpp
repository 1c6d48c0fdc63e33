#include <algorithm>
#include <cmath>

#include "models/architectures/encoder_engine.h"
#include "models/layers/encoder_work.h"

namespace selene::models {
namespace {

// Rows whose logits over the whole vocabulary are in memory at a time.
constexpr int32_t kExpandedRows = 32;

/// The part of an encoder that all kinds share.
template <class Kind>
class EngineEncoder : public Kind {
 public:
  explicit EngineEncoder(EncoderEngine engine) : engine_(std::move(engine)) {}
  std::unique_ptr<Encoder::Workspace> make_workspace(int32_t num_threads) const override {
    return engine_.make_workspace(num_threads);
  }
  int32_t max_length() const override { return engine_.weights().max_row_length(); }
  Tier tier() const override { return engine_.tier(); }
  int64_t weight_bytes() const override { return engine_.weights().bytes(); }
  EncoderWork work(const PackedBatch& batch) const override { return encoder_work(engine_.weights(), batch); }

 protected:
  int32_t output_size() const { return static_cast<int32_t>(engine_.weights().output_size()); }
  const EncoderEngine engine_;
};

class EngineCrossEncoder final : public EngineEncoder<CrossEncoder> {
 public:
  using EngineEncoder::EngineEncoder;
  base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                       std::span<float> logits) const override {
    return engine_.run(batch, workspace, cancellation, logits);
  }
  int32_t num_labels() const override { return output_size(); }
};

class EngineDenseEncoder final : public EngineEncoder<DenseEncoder> {
 public:
  EngineDenseEncoder(EncoderEngine engine, const DenseOptions& options) : EngineEncoder(std::move(engine)), options_(options) {}
  base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                       std::span<float> embeddings) const override {
    RETURN_IF_ERROR(engine_.run(batch, workspace, cancellation, embeddings));
    if (options_.normalize) normalize(embeddings);
    return {};
  }
  int32_t dims() const override { return output_size(); }
  Similarity similarity() const override { return options_.similarity; }

 private:
  void normalize(std::span<float> embeddings) const {
    const auto dims = static_cast<size_t>(output_size());
    for (size_t begin = 0; begin < embeddings.size(); begin += dims) {
      const std::span<float> row = embeddings.subspan(begin, dims);
      double square = 0;
      for (const float x : row) square += static_cast<double>(x) * x;
      const auto length = static_cast<float>(std::max(std::sqrt(square), 1e-12));  // as torch.nn.functional.normalize
      for (float& x : row) x /= length;
    }
  }
  const DenseOptions options_;
};

class EngineSparseEncoder final : public EngineEncoder<SparseEncoder> {
 public:
  using EngineEncoder::EngineEncoder;
  base::Status forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                       std::span<std::vector<TokenWeight>> rows) const override;
  int32_t vocab_size() const override { return output_size(); }
};

/// weights: log(1 + x) of each largest logit x above 0.
void collect(std::span<const float> largest, std::vector<TokenWeight>& weights) {
  weights.clear();
  for (size_t i = 0; i < largest.size(); ++i) {
    if (largest[i] > 0.0F) weights.push_back({static_cast<int32_t>(i), std::log1p(largest[i])});
  }
}

base::Status EngineSparseEncoder::forward(const PackedBatch& batch, Workspace& workspace, const base::Cancellation& cancellation,
                                          std::span<std::vector<TokenWeight>> rows) const {
  if (rows.size() != static_cast<size_t>(batch.num_rows())) {
    return base::Error(base::ErrorCode::kIllegalArgument, "the batch has [{}] rows, not [{}]", batch.num_rows(), rows.size());
  }
  const auto width = static_cast<size_t>(output_size());
  std::vector<float> largest;
  std::vector<int32_t> starts;
  for (int32_t first = 0; first < batch.num_rows(); first += kExpandedRows) {
    const auto count = static_cast<size_t>(std::min(kExpandedRows, batch.num_rows() - first));
    const std::span<const int32_t> whole = batch.row_starts.subspan(static_cast<size_t>(first), count + 1);
    const auto begin = static_cast<size_t>(whole.front());
    const size_t tokens = static_cast<size_t>(whole.back()) - begin;
    starts.clear();
    for (const int32_t start : whole) starts.push_back(start - whole.front());
    const bool typed = batch.token_type_ids.size() == batch.input_ids.size();
    const PackedBatch part{batch.input_ids.subspan(begin, tokens),
                           typed ? batch.token_type_ids.subspan(begin, tokens) : batch.token_type_ids, starts};
    largest.resize(count * width);
    RETURN_IF_ERROR(engine_.run(part, workspace, cancellation, largest));
    for (size_t r = 0; r < count; ++r) {
      collect(std::span<const float>(largest).subspan(r * width, width), rows[static_cast<size_t>(first) + r]);
    }
  }
  return {};
}

}  // namespace

AnyEncoder make_encoder(ModelKind kind, EncoderEngine engine, const DenseOptions& dense) {
  switch (kind) {
    case ModelKind::kCrossEncoder: return std::make_unique<EngineCrossEncoder>(std::move(engine));
    case ModelKind::kDenseEncoder: return std::make_unique<EngineDenseEncoder>(std::move(engine), dense);
    case ModelKind::kSparseEncoder: return std::make_unique<EngineSparseEncoder>(std::move(engine));
  }
  return std::make_unique<EngineCrossEncoder>(std::move(engine));
}

}  // namespace selene::models
