#include "models/architectures/encoder_engine.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "models/layers/encoder_forward.h"
#include "models/layers/weight_loader.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;

// A chunk's activations stay near the cores, and there are enough chunks for threads to end together.
constexpr int64_t kChunkTokens = 240;
constexpr int64_t kChunksPerThread = 4;

class EncoderWorkspace final : public Encoder::Workspace {
 public:
  explicit EncoderWorkspace(int32_t num_threads)
      : team(num_threads), scratch(static_cast<size_t>(num_threads)), buffers(static_cast<size_t>(num_threads)) {}

  ThreadTeam team;
  std::vector<ThreadScratch> scratch;
  std::vector<ChunkBuffers> buffers;
  std::vector<Chunk> chunks;
};

}  // namespace

EncoderEngine::EncoderEngine(const KernelTable& table, Tier tier, EncoderWeights weights, std::shared_ptr<const TensorMap> tensors)
    : table_(table), tier_(tier), weights_(std::move(weights)), tensors_(std::move(tensors)) {}

std::unique_ptr<Encoder::Workspace> EncoderEngine::make_workspace(int32_t num_threads) const {
  return std::make_unique<EncoderWorkspace>(std::max(num_threads, 1));
}

base::Status EncoderEngine::check(const PackedBatch& batch, std::span<const float> output) const {
  const auto tokens = static_cast<int64_t>(batch.input_ids.size());
  const bool typed = !weights_.embeddings.token_type.empty();
  if (batch.row_starts.empty() || batch.row_starts.front() != 0 || batch.row_starts.back() != tokens ||
      (typed && batch.token_type_ids.size() != batch.input_ids.size()) ||
      output.size() != static_cast<size_t>(batch.num_rows()) * static_cast<size_t>(weights_.output_size())) {
    return Error(ErrorCode::kIllegalArgument, "the batch's row_starts, token_type_ids or output do not fit its [{}] tokens",
                 tokens);
  }
  for (size_t r = 0; r + 1 < batch.row_starts.size(); ++r) {
    const int64_t length = int64_t{batch.row_starts[r + 1]} - batch.row_starts[r];
    if (length < 1 || length > weights_.max_row_length()) {
      return Error(ErrorCode::kIllegalArgument, "row [{}] of the batch has [{}] tokens; the model takes from 1 to {}", r, length,
                   weights_.max_row_length());
    }
  }
  const auto outside = [](std::span<const int32_t> ids, int64_t limit) {
    return std::find_if(ids.begin(), ids.end(), [limit](int32_t id) { return id < 0 || id >= limit; });
  };
  if (const auto id = outside(batch.input_ids, weights_.embeddings.word.num_rows); id != batch.input_ids.end()) {
    return Error(ErrorCode::kIllegalArgument, "token id [{}] is outside the model's vocabulary of {}", *id,
                 weights_.embeddings.word.num_rows);
  }
  if (!typed) return {};
  if (const auto id = outside(batch.token_type_ids, weights_.embeddings.token_type.num_rows); id != batch.token_type_ids.end()) {
    return Error(ErrorCode::kIllegalArgument, "token type id [{}] is outside the model's {} types", *id,
                 weights_.embeddings.token_type.num_rows);
  }
  return {};
}

base::Status EncoderEngine::run(const PackedBatch& batch, Encoder::Workspace& workspace, const base::Cancellation& cancellation,
                                std::span<float> output) const {
  RETURN_IF_ERROR(check(batch, output));
  if (batch.num_rows() == 0) return {};
  auto& space = static_cast<EncoderWorkspace&>(workspace);
  const EncoderForward pass(table_, weights_, linear_type(tier_), batch, space.scratch);
  space.chunks.clear();
  split_rows(batch, weights_.dynamic_activations ? 1 : kChunkTokens, space.chunks);  // dynamic: each row alone
  const auto num_chunks = static_cast<int64_t>(space.chunks.size());
  std::atomic<bool> cancelled = false;
  const int32_t threads = space.team.num_threads();
  if (threads == 1 || weights_.dynamic_activations || num_chunks >= kChunksPerThread * threads) {
    space.team.run(num_chunks, [&](int64_t i, int32_t thread) {
      const LoopRunner alone{nullptr, thread};
      if (cancelled.load(std::memory_order_relaxed)) return;
      const auto t = static_cast<size_t>(thread);
      if (!pass.run(space.chunks[static_cast<size_t>(i)], space.buffers[t], alone, cancellation, output)) cancelled = true;
    });
  } else {
    const LoopRunner together{&space.team, 0};
    if (!pass.run({0, batch.num_rows()}, space.buffers[0], together, cancellation, output)) cancelled = true;
  }
  if (cancelled) return Error(ErrorCode::kTaskCancelled, "the task was cancelled while the model was computing");
  const auto bad = std::find_if(output.begin(), output.end(), [](float x) { return !std::isfinite(x); });
  if (bad == output.end()) return {};
  return Error(ErrorCode::kIllegalState, "the model gave a value that is not a finite number for row [{}]",
               (bad - output.begin()) / weights_.output_size());
}

}  // namespace selene::models
