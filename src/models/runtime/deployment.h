#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/loaded_model.h"

namespace selene::models {

struct DeploymentOptions {
  int32_t num_allocations = 1;
  int32_t num_threads = 1;                        ///< threads per allocation
  int32_t queue_capacity = 1024;                  ///< requests waiting; one more is kRejectedExecution
  int32_t max_batch_tokens = 16384;               ///< of one forward call
  int64_t token_cache_bytes = int64_t{16} << 20;  ///< token ids by text; 0: none
  int64_t score_cache_bytes = int64_t{16} << 20;  ///< logits by token ids of the pair; 0: none
};

struct DeploymentStats {
  int64_t num_requests = 0;  ///< calls, those rejected or answered from the cache included
  int64_t num_pairs = 0;     ///< rows computed: pairs of a cross-encoder, texts of the others
  int64_t num_tokens = 0;
  int64_t num_rejected = 0;
  int64_t num_dropped = 0;           ///< cancelled or past their deadline before compute
  int64_t num_queued = 0;            ///< now
  double compute_seconds = 0;        ///< inside forward
  int64_t num_token_cache_hits = 0;  ///< texts
  int64_t num_token_cache_misses = 0;
  int64_t num_score_cache_hits = 0;  ///< pairs; those found are not computed
  int64_t num_score_cache_misses = 0;
  int64_t cache_bytes = 0;  ///< held by both caches now
};

/// A token of the vocabulary, as tokenizer.json spells it, and its weight.
struct SparseWeight {
  std::string token;
  float weight = 0.0F;
};
using SparseVector = std::vector<SparseWeight>;

/// What rows of tokens give: `width` numbers each (logits of a cross-encoder, an embedding), or, of a sparse encoder, token weights
/// each, and width 0.
struct RowOutputs {
  size_t width = 0;
  std::vector<float> values;                      ///< [rows, width]
  std::vector<std::vector<TokenWeight>> weights;  ///< [rows]
};

/// A started model: allocations x threads with one bounded queue. Requests that wait at the same time may share batches; one whose
/// client has gone or whose deadline has passed is dropped before compute, and a batch that nobody waits for any more stops between
/// layers. Token ids of texts and logits of pairs are kept, exactly, as long as they fit their caches. Allocations share the
/// model's weights. Thread-safe.
///
/// One of `score`, `embed`, `expand` fits the model's kind; the others give kIllegalArgument that says what the model is. All
/// block. Their errors: kRejectedExecution (queue full), kTaskCancelled, kStatusTimeout (deadline), those of the encoder's forward.
class Deployment {
 public:
  virtual ~Deployment() = default;
  static std::unique_ptr<Deployment> start(std::shared_ptr<const LoadedModel> model, DeploymentOptions options);

  /// Logit of (query, texts[i]) for each i, in order. The second text is cut so that the pair fits the model (truncate: second).
  virtual base::Result<std::vector<float>> score(std::string_view query, std::span<const std::string_view> texts,
                                                 const base::Cancellation& cancellation) = 0;
  /// The vector of each text, [texts.size()][dims], in order. Texts longer than the model are cut.
  virtual base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                              const base::Cancellation& cancellation) = 0;
  /// The token weights of each text, in order; ascending token id, all above 0. Texts longer than the model are cut.
  virtual base::Result<std::vector<SparseVector>> expand(std::span<const std::string_view> texts,
                                                         const base::Cancellation& cancellation) = 0;
  /// Rows that the caller has tokenised, whatever the model's kind, in order.
  virtual base::Result<RowOutputs> run(std::span<const Encoding> rows, const base::Cancellation& cancellation) = 0;
  virtual const LoadedModel& model() const = 0;
  virtual DeploymentOptions options() const = 0;
  virtual DeploymentStats stats() const = 0;
  /// Lets queued work fail with kIllegalState and joins the threads. Idempotent.
  virtual void stop() = 0;
};

}  // namespace selene::models
