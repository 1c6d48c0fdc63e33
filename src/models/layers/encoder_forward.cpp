#include "models/layers/encoder_forward.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/layers/dynamic_range.h"

namespace selene::models {
namespace {

// Rows of a block go through all linear layers between two attentions while they are in the second-level cache. A multiple of
// every table's tile height.
constexpr int32_t kRowBlock = 48;

/// The longest row: all of its tokens make one block.
int32_t longest_row(const PackedBatch& batch) {
  int32_t longest = 1;
  for (size_t r = 0; r + 1 < batch.row_starts.size(); ++r)
    longest = std::max(longest, batch.row_starts[r + 1] - batch.row_starts[r]);
  return longest;
}

struct Blocks {
  int64_t rows, count;
};

/// About equal blocks of at most kRowBlock rows, the same number for each thread: what one thread has more, all wait for.
Blocks cut_into_blocks(int64_t num_tokens, int64_t num_threads) {
  const int64_t rounds = (num_tokens + kRowBlock * num_threads - 1) / (kRowBlock * num_threads);
  const int64_t rows = round_up((num_tokens + rounds * num_threads - 1) / (rounds * num_threads), 4);
  return {rows, (num_tokens + rows - 1) / rows};
}

int64_t type_bytes(NumberType type) { return type == NumberType::kF32 ? 4 : 2; }

}  // namespace

struct EncoderForward::View {
  ChunkBuffers* buffers;
  const int32_t* row_starts;  // of the chunk's rows in the batch, num_rows + 1
  int64_t num_rows;
  int64_t first_token;  // in the batch
  int64_t num_tokens;
  int64_t hidden_stride;
  int64_t query_stride;  // of queries and of what attention gives
  int64_t kv_stride;

  int64_t row_begin(int64_t row) const { return row_starts[row] - first_token; }
  int64_t row_length(int64_t row) const { return row_starts[row + 1] - row_starts[row]; }
};

EncoderForward::EncoderForward(const KernelTable& table, const EncoderWeights& weights, NumberType linear_type,
                               const PackedBatch& batch, std::span<ThreadScratch> scratch)
    : table_(table),
      weights_(weights),
      linear_type_(linear_type),
      activation_(weights.hidden_act == Activation::kGelu && linear_type != NumberType::kF32 ? Activation::kGeluCoarse
                                                                                             : weights.hidden_act),
      attention_type_(attention_number_type(table, linear_type, weights.head_dim())),
      batch_(batch),
      scratch_(scratch),
      row_block_(weights.dynamic_activations ? longest_row(batch) : kRowBlock) {}

LinearInput EncoderForward::to_input(const float* x, int32_t rows, int32_t cols, InputScratch& scratch) const {
  if (!weights_.dynamic_activations) return convert_input(table_, linear_type_, x, rows, cols, scratch);
  const int64_t stride = row_stride(cols);
  const int64_t stride_bytes = stride * static_cast<int64_t>(sizeof(float));
  auto* rounded = reinterpret_cast<float*>(scratch.rows.reserve(rows * stride_bytes));
  round_to_dynamic_range(x, rounded, rows, cols, stride);
  return {rounded, stride_bytes, nullptr};
}

void EncoderForward::embed(const View& view, int64_t begin, int64_t end, ThreadScratch& scratch) const {
  const EmbeddingWeights& e = weights_.embeddings;
  const auto width = static_cast<int32_t>(e.word.cols);
  const int64_t stride = row_stride(width);
  float* hidden = view.buffers->hidden.data() + begin * view.hidden_stride;
  float* embedded = e.has_projection() ? scratch.block.reserve(row_block_ * stride) : hidden;
  int64_t row = std::upper_bound(view.row_starts, view.row_starts + view.num_rows, view.first_token + begin) - view.row_starts - 1;
  for (int64_t t = begin; t < end; ++t) {
    const int64_t token = view.first_token + t;
    while (token >= view.row_starts[row + 1]) ++row;
    float* h = embedded + (t - begin) * stride;
    e.word.copy_row(table_, batch_.input_ids[static_cast<size_t>(token)], h);
    if (!e.token_type.empty()) e.token_type.add_row(table_, batch_.token_type_ids[static_cast<size_t>(token)], h);
    if (!e.position.empty()) e.position.add_row(table_, position_of(token, view.row_starts[row]), h);
  }
  const auto rows = static_cast<int32_t>(end - begin);
  if (!e.norm.empty()) e.norm.forward(table_, embedded, embedded, rows, width);
  if (!e.has_projection()) return;
  e.projection.forward(table_, to_input(embedded, rows, width, scratch.input), rows, {.y = hidden});
}

int64_t EncoderForward::position_of(int64_t token, int64_t row_start) const {
  const int32_t padding_id = weights_.embeddings.padding_id;
  if (padding_id < 0) return token - row_start;
  const auto ids = batch_.input_ids.begin();
  if (ids[token] == padding_id) return padding_id;
  return padding_id + 1 + (token - row_start) - std::count(ids + row_start, ids + token, padding_id);
}

/// The rows a layer's projections read: hidden states, normalised before in a pre-norm encoder.
LinearInput EncoderForward::projection_input(const EncoderLayerWeights& layer, const float* hidden, int32_t rows,
                                             ThreadScratch& scratch) const {
  if (weights_.norm_placement == NormPlacement::kPre && !layer.attention_norm.empty()) {
    float* block = scratch.block.reserve(row_block_ * row_stride(weights_.hidden_size));
    layer.attention_norm.forward(table_, hidden, block, rows, weights_.hidden_size);
    hidden = block;
  }
  return to_input(hidden, rows, weights_.hidden_size, scratch.input);
}

void EncoderForward::project(const View& view, int32_t layer, int64_t begin, int64_t end, ThreadScratch& scratch) const {
  const EncoderLayerWeights& w = weights_.layers[static_cast<size_t>(layer)];
  const auto rows = static_cast<int32_t>(end - begin);
  const LinearInput input = projection_input(w, view.buffers->hidden.data() + begin * view.hidden_stride, rows, scratch);
  const int64_t bytes = type_bytes(attention_type_);
  const Positions positions{view.row_starts, view.first_token + begin};
  project_heads({w.key_value, w.key_norm, w.rotary, weights_.key_value_heads()}, input, rows, positions,
                view.buffers->key_value.data() + begin * view.kv_stride * bytes, scratch);
  if (only_first_tokens(layer)) return;
  project_heads({w.query, w.query_norm, w.rotary, weights_.num_heads}, input, rows, positions,
                view.buffers->query.data() + begin * view.query_stride * bytes, scratch);
}

void EncoderForward::project_heads(const HeadProjection& projection, const LinearInput& input, int32_t rows, Positions positions,
                                   char* out, ThreadScratch& scratch) const {
  const Linear& linear = projection.linear;
  const bool normed = !projection.norm.empty();
  if (projection.rotary < 0 && !normed) return linear.forward(table_, input, rows, {.y = out, .type = attention_type_});
  const int64_t stride = row_stride(linear.out_features());
  const bool in_place = attention_type_ == NumberType::kF32;
  float* y = in_place ? reinterpret_cast<float*>(out) : scratch.projected.reserve(row_block_ * stride);
  linear.forward(table_, input, rows, {.y = y});
  for (int32_t r = 0; r < rows; ++r) {
    float* row = y + r * stride;
    const int32_t head_dim = weights_.head_dim();
    for (int32_t h = 0; normed && h < projection.heads; ++h) {
      rms_norm(row + h * head_dim, projection.norm.gamma.data(), row + h * head_dim, head_dim, projection.norm.eps);
    }
    if (projection.rotary < 0) continue;
    const int64_t token = positions.first_token + r;
    int64_t position = 0;
    if (positions.row_starts != nullptr) {
      while (token >= positions.row_starts[1]) ++positions.row_starts;
      position = token - positions.row_starts[0];
    }
    const RotaryTable& rotary = weights_.rotary[static_cast<size_t>(projection.rotary)];
    table_.rotate_heads(row, projection.heads, rotary.half, rotary.cosine_of(position), rotary.sine_of(position));
  }
  if (!in_place) {
    table_.to_bf16_rows(y, stride, rows, linear.out_features(), reinterpret_cast<uint16_t*>(out), stride);
  }
}

void EncoderForward::attend(const View& view, const EncoderLayerWeights& layer, int64_t row, HeadRange heads, Queries queries,
                            ThreadScratch& scratch) const {
  const int64_t bytes = type_bytes(attention_type_);
  const int32_t head_dim = weights_.head_dim();
  const int64_t key_value_heads = weights_.key_value_heads();
  const int64_t begin = view.row_begin(row);
  const auto length = static_cast<int32_t>(view.row_length(row));
  const char* keys = view.buffers->key_value.data() + begin * view.kv_stride * bytes;
  const int64_t query_row = queries == Queries::kFirstToken ? row : begin;
  AttentionHead head;
  head.q_stride = view.query_stride;
  head.kv_stride = view.kv_stride;
  head.num_queries = queries == Queries::kFirstToken ? 1 : length;
  head.num_keys = length;
  head.head_dim = head_dim;
  head.scale = 1.0F / std::sqrt(static_cast<float>(head_dim) * static_cast<float>(weights_.num_score_terms));
  head.out_stride = view.query_stride;
  head.window = layer.window;
  for (int32_t h = heads.first; h < heads.end; ++h) {
    const int64_t column = int64_t{h} * head_dim;
    const int64_t key_column = int64_t{h} * key_value_heads / weights_.num_heads * head_dim;
    head.q = view.buffers->query.data() + (query_row * view.query_stride + column) * bytes;
    head.k = keys + key_column * bytes;
    head.v = keys + (key_value_heads * head_dim + key_column) * bytes;
    head.out = view.buffers->context.data() + query_row * view.query_stride + column;
    attend_head(layer, h, head, scratch);
  }
}

void EncoderForward::attend_head(const EncoderLayerWeights& layer, int32_t h, AttentionHead& head, ThreadScratch& scratch) const {
  const int64_t center = weights_.max_length - 1;
  const bool exact = attention_type_ == NumberType::kF32;
  if (weights_.position_columns.num_positions > 0) {
    const auto index = static_cast<size_t>(h);
    DisentangledHead with_positions;
    with_positions.head = head;
    if (!layer.positions.keys.empty()) with_positions.position_keys = layer.positions.keys[index].data();
    if (!layer.positions.queries.empty()) with_positions.position_queries = layer.positions.queries[index].data();
    with_positions.key_columns = weights_.position_columns.keys.data() + center;
    with_positions.query_columns = weights_.position_columns.queries.data() + center;
    with_positions.num_positions = weights_.position_columns.num_positions;
    with_positions.exact_distance = weights_.position_columns.exact_distance;
    with_positions.head.scratch = scratch.attention.reserve(table_.disentangled_scratch(with_positions));
    return exact ? table_.disentangled_f32(with_positions) : table_.disentangled_fast(with_positions);
  }
  head.scratch = scratch.attention.reserve(table_.attention_scratch(head.num_keys, head.head_dim));
  if (const PositionBias& bias = weights_.position_bias;
      !bias.empty()) {  // one diagonal after another: row i begins i before row 0
    head.bias = bias.values.data() + h * bias.head_stride + center;
    head.bias_stride = -1;
  }
  exact ? table_.attention_f32(head) : table_.attention_fast(head);
}

void EncoderForward::finish_layer(const EncoderLayerWeights& layer, const float* context, float* hidden, int32_t rows,
                                  ThreadScratch& scratch) const {
  const int32_t size = weights_.hidden_size;
  float* block = scratch.block.reserve(row_block_ * row_stride(size));
  const LinearInput input = to_input(context, rows, weights_.query_size(), scratch.input);
  if (weights_.norm_placement == NormPlacement::kPre) {
    layer.attention_output.forward(table_, input, rows, {.y = hidden, .residual = hidden});
    layer.ffn_norm.forward(table_, hidden, block, rows, size);
    return feed_forward(layer, block, hidden, hidden, rows, scratch);
  }
  layer.attention_output.forward(table_, input, rows, {.y = block, .residual = hidden});
  layer.attention_norm.forward(table_, block, hidden, rows, size);
  feed_forward(layer, hidden, hidden, block, rows, scratch);
  layer.ffn_norm.forward(table_, block, hidden, rows, size);
}

void EncoderForward::feed_forward(const EncoderLayerWeights& layer, const float* x, const float* residual, float* y, int32_t rows,
                                  ThreadScratch& scratch) const {
  const int32_t size = weights_.intermediate_size;
  LinearInput input = to_input(x, rows, weights_.hidden_size, scratch.input);
  float* intermediate = scratch.intermediate.reserve(row_block_ * row_stride(size));
  if (weights_.gated) {
    const int64_t stride = row_stride(2 * int64_t{size});
    float* both = scratch.projected.reserve(row_block_ * stride);
    layer.up.forward(table_, input, rows, {.y = both});
    table_.gated_activation(both, stride, rows, size, activation_, intermediate, row_stride(size));
  } else {
    layer.up.forward(table_, input, rows, {.y = intermediate, .activation = activation_});
  }
  input = to_input(intermediate, rows, size, scratch.input);
  layer.down.forward(table_, input, rows, {.y = y, .residual = residual});
}

/// One layer of the head for all rows of a chunk. The result is x itself, or in `out`.
const float* EncoderForward::run_head_layer(const HeadLayer& layer, const float* x, int32_t width, int32_t rows,
                                            Buffer<float>& out) const {
  if (layer.has_linear()) {
    const int32_t out_width = layer.linear.out_features();
    float* y = out.reserve(rows * row_stride(out_width));
    InputScratch scratch;
    LinearInput input{x, row_stride(width) * static_cast<int64_t>(sizeof(float)), nullptr};
    if (weights_.dynamic_activations) input = to_input(x, rows, width, scratch);
    layer.linear.forward(table_, input, rows, {.y = y, .activation = layer.activation});
    if (!layer.norm.empty()) layer.norm.forward(table_, y, y, rows, out_width);
    return y;
  }
  if (layer.norm.empty()) return x;
  float* y = out.reserve(rows * row_stride(width));
  layer.norm.forward(table_, x, y, rows, width);
  return y;
}

void EncoderForward::run_head(const View& view, std::span<float> output) const {
  const auto rows = static_cast<int32_t>(view.num_rows);
  int32_t width = weights_.hidden_size;
  float* pooled = view.buffers->pooled.data();
  if (!weights_.final_norm.empty() && weights_.pooling == Pooling::kFirstToken) {
    weights_.final_norm.forward(table_, pooled, pooled, rows, width);
  }
  const float* x = pooled;
  int32_t turn = 0;
  for (const HeadLayer& layer : weights_.head.layers) {
    x = run_head_layer(layer, x, width, rows, view.buffers->head[turn]);
    if (layer.has_linear()) width = layer.linear.out_features();
    turn = 1 - turn;
  }
  for (int64_t r = 0; r < view.num_rows; ++r) std::copy_n(x + r * row_stride(width), width, output.data() + r * width);
}

/// The last layer for first tokens alone.
void EncoderForward::last_layer(const View& view, const LoopRunner& runner) const {
  const EncoderLayerWeights& layer = weights_.layers.back();
  ChunkBuffers& buffers = *view.buffers;
  float* pooled = buffers.pooled.reserve(view.num_rows * view.hidden_stride);
  for (int64_t r = 0; r < view.num_rows; ++r) {
    std::copy_n(buffers.hidden.data() + view.row_begin(r) * view.hidden_stride, view.hidden_stride,
                pooled + r * view.hidden_stride);
  }
  const int64_t blocks = (view.num_rows + row_block_ - 1) / row_block_;
  runner.run(blocks, [&](int64_t block, int32_t thread) {
    ThreadScratch& scratch = scratch_[static_cast<size_t>(thread)];
    const int64_t begin = block * row_block_;
    const int64_t end = std::min<int64_t>(begin + row_block_, view.num_rows);
    const auto rows = static_cast<int32_t>(end - begin);
    const LinearInput input = projection_input(layer, pooled + begin * view.hidden_stride, rows, scratch);
    project_heads({layer.query, layer.query_norm, layer.rotary, weights_.num_heads}, input, rows, {nullptr, 0},
                  buffers.query.data() + begin * view.query_stride * type_bytes(attention_type_), scratch);
    for (int64_t row = begin; row < end; ++row) attend(view, layer, row, {0, weights_.num_heads}, Queries::kFirstToken, scratch);
    finish_layer(layer, buffers.context.data() + begin * view.query_stride, pooled + begin * view.hidden_stride, rows, scratch);
  });
}

void EncoderForward::finish_all_tokens(const View& view, const LoopRunner& runner) const {
  ChunkBuffers& buffers = *view.buffers;
  const int64_t blocks = (view.num_tokens + row_block_ - 1) / row_block_;
  runner.run(blocks, [&](int64_t block, int32_t thread) {
    const int64_t begin = block * row_block_;
    const auto rows = static_cast<int32_t>(std::min<int64_t>(row_block_, view.num_tokens - begin));
    float* hidden = buffers.hidden.data() + begin * view.hidden_stride;
    finish_layer(weights_.layers.back(), buffers.context.data() + begin * view.query_stride, hidden, rows,
                 scratch_[static_cast<size_t>(thread)]);
    if (!weights_.final_norm.empty()) weights_.final_norm.forward(table_, hidden, hidden, rows, weights_.hidden_size);
  });
}

/// One hidden state of each row's tokens.
void EncoderForward::pool_tokens(const View& view) const {
  float* all = view.buffers->pooled.reserve(view.num_rows * view.hidden_stride);
  const int32_t size = weights_.hidden_size;
  for (int64_t r = 0; r < view.num_rows; ++r) {
    const float* tokens = view.buffers->hidden.data() + view.row_begin(r) * view.hidden_stride;
    const int64_t length = view.row_length(r);
    float* pooled = all + r * view.hidden_stride;
    if (weights_.pooling == Pooling::kLastToken) {
      std::copy_n(tokens + (length - 1) * view.hidden_stride, view.hidden_stride, pooled);
      continue;
    }
    std::copy_n(tokens, view.hidden_stride, pooled);
    if (weights_.pooling == Pooling::kFirstToken) continue;
    for (int64_t t = 1; t < length; ++t) {
      const float* token = tokens + t * view.hidden_stride;
      if (weights_.pooling == Pooling::kMean) {
        table_.add_row(token, NumberType::kF32, pooled, size);
      } else {
        for (int32_t c = 0; c < size; ++c) pooled[c] = token[c] > pooled[c] || std::isnan(token[c]) ? token[c] : pooled[c];
      }
    }
    if (weights_.pooling != Pooling::kMean) continue;
    for (int32_t c = 0; c < size; ++c) pooled[c] /= static_cast<float>(length);
  }
}

/// The largest logits of each row's tokens over the vocabulary.
void EncoderForward::expand(const View& view, const LoopRunner& runner, std::span<float> output) const {
  const VocabularyHead& head = weights_.vocabulary;
  float* transformed = view.buffers->context.data();
  std::fill(output.begin(), output.end(), 0.0F);
  const int64_t blocks = (view.num_tokens + row_block_ - 1) / row_block_;
  runner.run(blocks, [&](int64_t block, int32_t thread) {
    const int64_t at = block * row_block_ * view.hidden_stride;
    const auto rows = static_cast<int32_t>(std::min<int64_t>(row_block_, view.num_tokens - block * row_block_));
    const int32_t size = weights_.hidden_size;
    const LinearInput input = to_input(view.buffers->hidden.data() + at, rows, size, scratch_[static_cast<size_t>(thread)].input);
    float* y = transformed + at;
    head.transform.linear.forward(table_, input, rows, {.y = y, .activation = head.transform.activation});
    if (!head.transform.norm.empty()) head.transform.norm.forward(table_, y, y, rows, size);
  });
  runner.run(static_cast<int64_t>(head.decoder.size()), [&](int64_t i, int32_t thread) {
    const int64_t slice_size = head.decoder.front().out_features();
    expand_slice(view, head.decoder[static_cast<size_t>(i)], i * slice_size, output, scratch_[static_cast<size_t>(thread)]);
  });
  for (int64_t r = 0; r < view.num_rows; ++r) {  // what is not finite would be lost in the comparisons
    const float* row = transformed + view.row_begin(r) * view.hidden_stride;
    const bool finite = std::all_of(row, row + view.row_length(r) * view.hidden_stride, [](float x) { return std::isfinite(x); });
    if (!finite) output[static_cast<size_t>(r * head.vocab_size)] = std::numeric_limits<float>::quiet_NaN();
  }
}

void EncoderForward::expand_slice(const View& view, const Linear& slice, int64_t first_column, std::span<float> output,
                                  ThreadScratch& scratch) const {
  const int64_t columns = slice.out_features();
  const int64_t stride = row_stride(columns);
  float* logits = scratch.projected.reserve(row_block_ * stride);
  int64_t row = 0;
  for (int64_t begin = 0; begin < view.num_tokens; begin += row_block_) {
    const auto rows = static_cast<int32_t>(std::min<int64_t>(row_block_, view.num_tokens - begin));
    const LinearInput input =
        to_input(view.buffers->context.data() + begin * view.hidden_stride, rows, weights_.hidden_size, scratch.input);
    slice.forward(table_, input, rows, {.y = logits});
    for (int32_t t = 0; t < rows; ++t) {
      while (begin + t >= view.row_begin(row + 1)) ++row;
      float* best = output.data() + row * weights_.vocabulary.vocab_size + first_column;
      const float* token = logits + t * stride;
      for (int64_t c = 0; c < columns; ++c) best[c] = best[c] >= token[c] ? best[c] : token[c];
    }
  }
}

bool EncoderForward::run(const Chunk& chunk, ChunkBuffers& buffers, const LoopRunner& runner,
                         const base::Cancellation& cancellation, std::span<float> output) const {
  const int32_t* starts = batch_.row_starts.data() + chunk.first_row;
  const int64_t num_rows = chunk.end_row - chunk.first_row;
  const int64_t num_tokens = starts[num_rows] - starts[0];
  const View view{&buffers,
                  starts,
                  num_rows,
                  starts[0],
                  num_tokens,
                  row_stride(weights_.hidden_size),
                  row_stride(weights_.query_size()),
                  row_stride(weights_.key_value_size())};
  buffers.hidden.reserve(num_tokens * view.hidden_stride);
  buffers.context.reserve(num_tokens * std::max(view.hidden_stride, view.query_stride));
  buffers.query.reserve(num_tokens * view.query_stride * type_bytes(attention_type_));
  buffers.key_value.reserve(num_tokens * view.kv_stride * type_bytes(attention_type_));

  const auto num_layers = static_cast<int32_t>(weights_.layers.size());
  const int64_t num_threads = runner.team != nullptr ? runner.team->num_threads() : 1;
  const Blocks blocks = weights_.dynamic_activations ? Blocks{row_block_, (num_tokens + row_block_ - 1) / row_block_}
                                                     : cut_into_blocks(num_tokens, num_threads);
  // Heads of a row are shared out only if there are threads to share them with.
  const int64_t head_groups = num_threads > 1 ? std::min<int64_t>(weights_.num_heads, 2 * num_threads) : 1;
  for (int32_t layer = 0; layer < num_layers; ++layer) {
    if (cancellation.should_stop()) return false;
    runner.run(blocks.count, [&](int64_t block, int32_t thread) {
      ThreadScratch& scratch = scratch_[static_cast<size_t>(thread)];
      const int64_t begin = block * blocks.rows;
      const int64_t end = std::min<int64_t>(begin + blocks.rows, num_tokens);
      if (layer == 0) {
        embed(view, begin, end, scratch);
      } else {
        finish_layer(weights_.layers[static_cast<size_t>(layer) - 1], buffers.context.data() + begin * view.query_stride,
                     buffers.hidden.data() + begin * view.hidden_stride, static_cast<int32_t>(end - begin), scratch);
      }
      project(view, layer, begin, end, scratch);
    });
    if (only_first_tokens(layer)) break;
    runner.run(num_rows * head_groups, [&](int64_t task, int32_t thread) {
      const int64_t group = task % head_groups;
      const auto first = static_cast<int32_t>(weights_.num_heads * group / head_groups);
      const auto end = static_cast<int32_t>(weights_.num_heads * (group + 1) / head_groups);
      attend(view, weights_.layers[static_cast<size_t>(layer)], task / head_groups, {first, end}, Queries::kAll,
             scratch_[static_cast<size_t>(thread)]);
    });
  }
  const auto width = static_cast<size_t>(weights_.output_size());
  const auto rows = output.subspan(static_cast<size_t>(chunk.first_row) * width, static_cast<size_t>(num_rows) * width);
  if (only_first_tokens(num_layers - 1)) {
    last_layer(view, runner);
    run_head(view, rows);
    return true;
  }
  finish_all_tokens(view, runner);
  if (weights_.pooling == Pooling::kVocabulary) {
    expand(view, runner, rows);
  } else {
    pool_tokens(view);
    run_head(view, rows);
  }
  return true;
}

void split_rows(const PackedBatch& batch, int64_t target_tokens, std::vector<Chunk>& chunks) {
  int32_t first = 0;
  for (int32_t row = 0; row < batch.num_rows(); ++row) {
    const int64_t tokens = batch.row_starts[static_cast<size_t>(row) + 1] - batch.row_starts[static_cast<size_t>(first)];
    if (tokens < target_tokens && row + 1 < batch.num_rows()) continue;
    chunks.push_back({first, row + 1});
    first = row + 1;
  }
}

}  // namespace selene::models
