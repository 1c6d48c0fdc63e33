#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/cancellation.h"
#include "base/result.h"

namespace selene::models {

/// Number type of the linear layers. fp32 is the reference; the others state their measured nDCG difference in docs/models.md.
enum class Tier : uint8_t { kFp32, kBf16, kInt8 };
std::string_view tier_name(Tier tier);
base::Result<Tier> parse_tier(std::string_view name);

/// What a model gives for a row of tokens: a logit for a pair of texts, one vector for a text, weights of the vocabulary's tokens.
enum class ModelKind : uint8_t { kCrossEncoder, kDenseEncoder, kSparseEncoder };
/// "cross-encoder", "dense encoder", "sparse encoder".
std::string_view model_kind_name(ModelKind kind);

/// Rows of different lengths, one behind the other, no padding.
///   input_ids, token_type_ids: [total_tokens] int32;  row_starts: [num_rows + 1], row r is [row_starts[r], row_starts[r+1]).
/// REQUIRES: row_starts ascending from 0 to total_tokens, 1 <= row length <= max_position_embeddings.
struct PackedBatch {
  std::span<const int32_t> input_ids;
  std::span<const int32_t> token_type_ids;
  std::span<const int32_t> row_starts;
  int32_t num_rows() const { return static_cast<int32_t>(row_starts.size()) - 1; }
};

/// Operations, a multiply-add counting two, by the number type they run in: linear layers in the tier's, attention in bf16 where
/// the processor multiplies it and the tier is not fp32, else in float32.
struct EncoderWork {
  double linear_flops = 0;
  double attention_flops = 0;
};

/// What the three kinds have in common. Row i of a result does not depend on the other rows (tested). Immutable after load,
/// thread-safe: weights are shared by every allocation; each call brings its own Workspace.
class Encoder {
 public:
  /// Scratch memory of one caller; grows to the largest batch seen, then allocates nothing. One thread at a time.
  class Workspace {
   public:
    virtual ~Workspace() = default;
  };

  virtual ~Encoder() = default;
  /// `num_threads`: how many threads a forward call may use (the caller's included).
  virtual std::unique_ptr<Workspace> make_workspace(int32_t num_threads) const = 0;
  virtual int32_t max_length() const = 0;  ///< tokens of a row
  virtual Tier tier() const = 0;
  virtual int64_t weight_bytes() const = 0;
  /// What a batch asks of the processor (for bench: share of the machine's limit).
  virtual EncoderWork work(const PackedBatch& batch) const = 0;
};

}  // namespace selene::models
