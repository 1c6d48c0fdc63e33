#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cancellation.h"
#include "models/kernels/kernel_table.h"
#include "models/layers/encoder_weights.h"
#include "models/ops/thread_team.h"
#include "models/runtime/cross_encoder.h"

namespace selene::models {

/// Runs loops on a team, or at once on the calling thread (`team` null), which then is `thread`.
struct LoopRunner {
  ThreadTeam* team = nullptr;
  int32_t thread = 0;

  template <class Body>
  void run(int64_t num_tasks, Body&& body) const {
    if (team != nullptr) return team->run(num_tasks, body);
    for (int64_t task = 0; task < num_tasks; ++task) body(task, thread);
  }
};

/// Memory of one thread inside a loop.
struct ThreadScratch {
  InputScratch input;
  Buffer<float> block;         ///< [row block, hidden]
  Buffer<float> intermediate;  ///< [row block, intermediate]
  Buffer<float> projected;     ///< [row block, ...]: before rotation, before gating
  Buffer<char> attention;
};

/// Memory of one chunk of rows; all [tokens, ...].
struct ChunkBuffers {
  Buffer<float> hidden;
  Buffer<char> query;  ///< in the attention's number type
  Buffer<char> key_value;
  Buffer<float> context;
  Buffer<float> pooled;   ///< [rows, hidden]: what the head reads
  Buffer<float> head[2];  ///< [rows, ...]: in and out of the head's layers, in turn
};

/// Rows [first_row, end_row) of a batch.
struct Chunk {
  int32_t first_row = 0;
  int32_t end_row = 0;
};

/// One forward pass over a chunk. A row's output does not depend on which chunk it is in, on the thread or on the runner.
/// `scratch`: one per thread of the runner.
class EncoderForward {
 public:
  EncoderForward(const KernelTable& table, const EncoderWeights& weights, NumberType linear_type, const PackedBatch& batch,
                 std::span<ThreadScratch> scratch);

  /// Writes rows [chunk.first_row, chunk.end_row) of `output`, [rows of the batch, weights.output_size()]. A row that is not finite
  /// holds a value that is not. False if cancelled between layers.
  bool run(const Chunk& chunk, ChunkBuffers& buffers, const LoopRunner& runner, const base::Cancellation& cancellation,
           std::span<float> output) const;

 private:
  struct View;  // the chunk's rows as the loops see them
  /// Where rows of a block stand: from token `first_token` of the batch on; null: all are first tokens.
  struct Positions {
    const int32_t* row_starts;
    int64_t first_token;
  };
  struct HeadRange {
    int32_t first, end;
  };
  enum class Queries : uint8_t { kAll, kFirstToken };

  void embed(const View& view, int64_t begin, int64_t end, ThreadScratch& scratch) const;
  int64_t position_of(int64_t token, int64_t row_start) const;
  /// Rows as the linear layers read them.
  LinearInput to_input(const float* x, int32_t rows, int32_t cols, InputScratch& scratch) const;
  LinearInput projection_input(const EncoderLayerWeights& layer, const float* hidden, int32_t rows, ThreadScratch& scratch) const;
  void project(const View& view, int32_t layer, int64_t begin, int64_t end, ThreadScratch& scratch) const;
  /// The first `heads` heads of the result are normalised and rotated: all queries, or of keys and values the keys.
  struct HeadProjection {
    const Linear& linear;
    const LayerNorm& norm;
    int32_t rotary;
    int32_t heads;
  };
  void project_heads(const HeadProjection& projection, const LinearInput& input, int32_t rows, Positions positions, char* out,
                     ThreadScratch& scratch) const;
  void attend(const View& view, const EncoderLayerWeights& layer, int64_t row, HeadRange heads, Queries queries,
              ThreadScratch& scratch) const;
  void attend_head(const EncoderLayerWeights& layer, int32_t h, AttentionHead& head, ThreadScratch& scratch) const;
  void finish_layer(const EncoderLayerWeights& layer, const float* context, float* hidden, int32_t rows,
                    ThreadScratch& scratch) const;
  void feed_forward(const EncoderLayerWeights& layer, const float* x, const float* residual, float* y, int32_t rows,
                    ThreadScratch& scratch) const;
  void last_layer(const View& view, const LoopRunner& runner) const;
  void finish_all_tokens(const View& view, const LoopRunner& runner) const;
  void pool_tokens(const View& view) const;
  const float* run_head_layer(const HeadLayer& layer, const float* x, int32_t width, int32_t rows, Buffer<float>& out) const;
  void run_head(const View& view, std::span<float> output) const;
  void expand(const View& view, const LoopRunner& runner, std::span<float> output) const;
  void expand_slice(const View& view, const Linear& slice, int64_t first_column, std::span<float> output,
                    ThreadScratch& scratch) const;

  /// Whether the head asks for no more of this layer than first tokens.
  bool only_first_tokens(int32_t layer) const {
    return weights_.pooling == Pooling::kFirstToken && !weights_.dynamic_activations &&
           layer + 1 == static_cast<int32_t>(weights_.layers.size());
  }

  const KernelTable& table_;
  const EncoderWeights& weights_;
  NumberType linear_type_;
  Activation activation_;  // of the feed-forward; coarse where its result is rounded anyway
  NumberType attention_type_;
  PackedBatch batch_;
  std::span<ThreadScratch> scratch_;
  int32_t row_block_;  // rows that go through the layers together; with dynamic activations the tokens of any row
};

/// Cuts a batch into chunks of whole rows, each at least `target_tokens` (but for the last), appended to `chunks`.
void split_rows(const PackedBatch& batch, int64_t target_tokens, std::vector<Chunk>& chunks);

}  // namespace selene::models
