#include "models/layers/encoder_work.h"

#include <gtest/gtest.h>

#include <vector>

namespace selene::models {
namespace {

constexpr int64_t kHidden = 4;
constexpr int64_t kIntermediate = 6;

Linear linear(int64_t out, int64_t in) {
  const std::vector<float> zeros(static_cast<size_t>(out * in));
  const TensorView view{"w", DType::kF32, {out, in}, std::as_bytes(std::span(zeros))};
  const MatrixPart part{&view, 0, out};
  Linear layer;
  layer.weight = *PackedMatrix::pack(supported_kernels().front(), NumberType::kF32, {&part, 1}, in);
  return layer;
}

EncoderWeights two_layers(int32_t window) {
  EncoderWeights weights;
  weights.hidden_size = kHidden;
  weights.num_heads = 2;
  for (int i = 0; i < 2; ++i) {
    EncoderLayerWeights layer;
    layer.query = linear(kHidden, kHidden);
    layer.key_value = linear(2 * kHidden, kHidden);
    layer.attention_output = linear(kHidden, kHidden);
    layer.up = linear(kIntermediate, kHidden);
    layer.down = linear(kHidden, kIntermediate);
    layer.window = window;
    weights.layers.push_back(std::move(layer));
  }
  return weights;
}

struct Rows {
  std::vector<int32_t> ids = std::vector<int32_t>(8, 0);
  std::vector<int32_t> starts = {0, 3, 8};
  PackedBatch view() const { return {ids, ids, starts}; }
};

constexpr double kPerToken = 4 * kHidden * kHidden + 2 * kHidden * kIntermediate;

TEST(EncoderWorkTest, MeanPoolingComputesEveryTokenOfEveryLayer) {
  EncoderWeights weights = two_layers(-1);
  weights.pooling = Pooling::kMean;
  const EncoderWork work = encoder_work(weights, Rows().view());
  EXPECT_EQ(work.linear_flops, 2 * 2 * 8 * kPerToken);
  EXPECT_EQ(work.attention_flops, 2 * 2 * 2 * kHidden * (3 * 3 + 5 * 5));
}

TEST(EncoderWorkTest, LastLayerOfFirstTokenPoolingComputesKeysAndFirstTokens) {
  const EncoderWork work = encoder_work(two_layers(-1), Rows().view());
  const double keys = 2 * kHidden * kHidden;
  EXPECT_EQ(work.linear_flops, 2 * (8 * kPerToken + 8 * keys + 2 * (kPerToken - keys)));
  EXPECT_EQ(work.attention_flops, 2 * 2 * kHidden * (3 * 3 + 5 * 5 + 3 + 5));
}

TEST(EncoderWorkTest, WindowCountsTheKeysSeen) {
  EncoderWeights weights = two_layers(1);
  weights.pooling = Pooling::kMean;
  // Of 3 tokens: 2 + 3 + 2; of 5: 2 + 3 + 3 + 3 + 2.
  EXPECT_EQ(encoder_work(weights, Rows().view()).attention_flops, 2 * 2 * 2 * kHidden * (7 + 13));
}

TEST(EncoderWorkTest, PositionTermsCountTheDistancesMet) {
  EncoderWeights weights = two_layers(-1);
  weights.pooling = Pooling::kMean;
  weights.position_columns.num_positions = 8;
  for (EncoderLayerWeights& layer : weights.layers) layer.positions.keys.resize(2);
  // Of 3 tokens 5 distances, of 5 tokens 9, but only 8 rows of positions.
  EXPECT_EQ(encoder_work(weights, Rows().view()).attention_flops, 2 * 2 * kHidden * (2 * (9 + 25) + 3 * 5 + 5 * 8));
}

}  // namespace
}  // namespace selene::models
