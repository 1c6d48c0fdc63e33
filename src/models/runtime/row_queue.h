#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "models/runtime/deployment.h"
#include "models/runtime/row_batch.h"

namespace selene::models {

/// The bounded queue of a deployment and the threads that empty it: rows of requests that wait at the same time share forward
/// calls. A request whose client has gone or whose deadline has passed is dropped before compute, and a forward call that nobody
/// waits for any more stops between layers. Thread-safe.
class RowQueue {
 public:
  RowQueue(std::shared_ptr<const LoadedModel> model, DeploymentOptions options);
  ~RowQueue() { stop(); }
  RowQueue(const RowQueue&) = delete;
  RowQueue& operator=(const RowQueue&) = delete;

  /// Numbers that a row gives; 0: token weights.
  size_t output_width() const;
  /// Refuses before any work is done for a request: under overload, what is refused must cost next to nothing. Errors:
  /// kRejectedExecution, kIllegalState (stopped).
  base::Status expect_room();
  /// A request is about to be answered. Errors: kIllegalState (stopped).
  base::Status count_request();
  /// What the rows give; blocks. Errors: those of expect_room, kTaskCancelled, kStatusTimeout (deadline), those of forward.
  base::Result<BatchOutput> compute(RowBatch rows, const base::Cancellation& cancellation);
  /// Without the caches'.
  DeploymentStats stats() const;
  /// Lets queued work fail with kIllegalState and joins the threads. Idempotent.
  void stop();

 private:
  struct Waiters;
  struct Request;
  struct Batch;
  using RequestPtr = std::shared_ptr<Request>;

  base::Status expect_room_locked();  // REQUIRES(mutex_)
  base::Status enqueue(const RequestPtr& request);
  base::Status wait(const RequestPtr& request);
  static void leave(Request& request);
  void work();
  bool take_batch(Batch& batch);
  void take_rows(const RequestPtr& request, Batch& batch) const;
  void run(Batch& batch, Encoder::Workspace& workspace);
  base::Status forward(Batch& batch, Encoder::Workspace& workspace, const base::Cancellation& cancellation) const;
  void finish(Batch& batch, const base::Status& status, double seconds);
  void finish_request(Request& request, std::optional<base::Error> error);

  const std::shared_ptr<const LoadedModel> model_;
  const DeploymentOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable request_finished_;
  std::deque<RequestPtr> queue_;  // those with rows not yet handed out
  DeploymentStats stats_;
  bool stopping_ = false;
  std::mutex stop_mutex_;  // one `stop` joins
  std::vector<std::thread> workers_;
};

/// Why a request is given up.
base::Error stop_reason(const base::Cancellation& cancellation);

}  // namespace selene::models
