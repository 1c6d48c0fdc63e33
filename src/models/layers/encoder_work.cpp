#include "models/layers/encoder_work.h"

#include <algorithm>

namespace selene::models {
namespace {

double size_of(const Linear& linear) { return static_cast<double>(linear.in_features()) * linear.out_features(); }

/// Pairs of a query and a key that it sees.
double seen_keys(double length, int32_t window) {
  if (window < 0 || window >= length) return length * length;
  const double w = window;
  return length * (2 * w + 1) - w * (w + 1);
}

/// Multiply-adds of one layer's attention over a row.
double row_attention(const EncoderWeights& weights, const EncoderLayerWeights& layer, double length, bool first_token_only) {
  const double width = layer.query.out_features();
  const double queries = first_token_only ? 1 : length;
  double sum = 2 * width * (first_token_only ? length : seen_keys(length, layer.window));
  const double distances = std::min(2 * length - 1, static_cast<double>(weights.position_columns.num_positions));
  if (!layer.positions.keys.empty()) sum += width * queries * distances;
  if (!layer.positions.queries.empty()) sum += width * length * distances;
  return sum;
}

}  // namespace

EncoderWork encoder_work(const EncoderWeights& weights, const PackedBatch& batch) {
  EncoderWork work;
  const auto tokens = static_cast<double>(batch.input_ids.size());
  for (const EncoderLayerWeights& layer : weights.layers) {
    const bool first_tokens = weights.pooling == Pooling::kFirstToken && &layer == &weights.layers.back();
    const double others = size_of(layer.query) + size_of(layer.attention_output) + size_of(layer.up) + size_of(layer.down);
    work.linear_flops += 2 * (tokens * size_of(layer.key_value) + (first_tokens ? batch.num_rows() : tokens) * others);
    for (size_t r = 0; r + 1 < batch.row_starts.size(); ++r) {
      work.attention_flops += 2 * row_attention(weights, layer, batch.row_starts[r + 1] - batch.row_starts[r], first_tokens);
    }
  }
  for (const Linear& slice : weights.vocabulary.decoder) work.linear_flops += 2 * tokens * size_of(slice);
  return work;
}

}  // namespace selene::models
