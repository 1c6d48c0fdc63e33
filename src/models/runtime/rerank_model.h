#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/cross_encoder.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// A Hugging Face folder (config.json, model.safetensors, tokenizer.json) ready to score. Immutable, thread-safe.
struct RerankModel {
  std::string name;
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<CrossEncoder> encoder;

  /// Errors name the file and what is wrong with it: kResourceNotFound (no such file), kIllegalArgument.
  static base::Result<std::shared_ptr<const RerankModel>> load(const std::filesystem::path& folder, Tier tier);
};

struct DeploymentOptions {
  int32_t num_allocations = 1;
  int32_t num_threads = 1;           ///< threads per allocation
  int32_t queue_capacity = 1024;     ///< requests waiting; one more is kRejectedExecution
  int32_t max_batch_tokens = 16384;  ///< of one forward call
};

struct DeploymentStats {
  int64_t num_requests = 0;
  int64_t num_pairs = 0;
  int64_t num_tokens = 0;
  int64_t num_rejected = 0;
  int64_t num_dropped = 0;     ///< cancelled or past their deadline before compute
  int64_t num_queued = 0;      ///< now
  double compute_seconds = 0;  ///< inside forward
};

/// A started model: allocations x threads with one bounded queue. Requests that wait at the same time may share batches; one whose
/// client has gone or whose deadline has passed is dropped before compute. Thread-safe.
class Deployment {
 public:
  virtual ~Deployment() = default;
  static std::unique_ptr<Deployment> start(std::shared_ptr<const RerankModel> model, DeploymentOptions options);

  /// Logit of (query, texts[i]) for each i, in order. The second text is cut so that the pair fits the model (truncate: second).
  /// Blocks. Errors: kRejectedExecution (queue full), kTaskCancelled, kStatusTimeout (deadline), those of CrossEncoder::forward.
  virtual base::Result<std::vector<float>> score(std::string_view query, std::span<const std::string_view> texts,
                                                 const base::Cancellation& cancellation) = 0;
  virtual const RerankModel& model() const = 0;
  virtual DeploymentOptions options() const = 0;
  virtual DeploymentStats stats() const = 0;
  /// Lets queued work fail with kIllegalState and joins the threads. Idempotent.
  virtual void stop() = 0;
};

}  // namespace selene::models
