#include "models/runtime/row_queue.h"

#include <algorithm>
#include <chrono>

namespace selene::models {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

// How often a waiting caller looks whether its client has gone.
constexpr auto kCancellationPoll = std::chrono::milliseconds(20);

}  // namespace

/// Requests with rows in a forward call, which is cancelled when none of them waits any more.
struct RowQueue::Waiters {
  Cancellation nobody;
  size_t count = 0;
};

/// One call. `rows` and `cancellation` are fixed before it is queued; the rest is guarded by the deployment's mutex.
struct RowQueue::Request {
  RowBatch rows;
  Cancellation cancellation;
  BatchOutput output;
  size_t next_row = 0;        // the first one not handed to a worker
  size_t rows_in_flight = 0;  // handed out, not back
  bool finished = false;
  std::optional<Error> error;
  std::vector<std::shared_ptr<Waiters>> in_flight;  // of the forward calls that have rows of it
};

/// Rows of some requests that share a forward call.
struct RowQueue::Batch {
  struct Slice {
    RequestPtr request;
    size_t first_row;
    size_t num_rows;
  };
  std::vector<Slice> slices;
  RowBatch rows;
  BatchOutput output;
  std::shared_ptr<Waiters> waiters;
};

Error stop_reason(const Cancellation& cancellation) {
  if (cancellation.cancelled()) return Error(ErrorCode::kTaskCancelled, "the request was cancelled while it waited for the model");
  return Error(ErrorCode::kStatusTimeout, "the request's time ran out while it waited for the model");
}

RowQueue::RowQueue(std::shared_ptr<const LoadedModel> model, DeploymentOptions options)
    : model_(std::move(model)), options_(options) {
  for (int32_t i = 0; i < std::max(options_.num_allocations, 1); ++i) workers_.emplace_back([this] { work(); });
}

size_t RowQueue::output_width() const {
  if (const CrossEncoder* encoder = model_->cross_encoder()) return static_cast<size_t>(encoder->num_labels());
  if (const DenseEncoder* encoder = model_->dense_encoder()) return static_cast<size_t>(encoder->dims());
  return 0;
}

base::Status RowQueue::expect_room_locked() {
  if (stopping_) return Error(ErrorCode::kIllegalState, "the deployment of model [{}] has been stopped", model_->name);
  if (queue_.size() < static_cast<size_t>(std::max(options_.queue_capacity, 1))) return {};
  ++stats_.num_rejected;
  return Error(ErrorCode::kRejectedExecution, "[{}] inference process queue is full: [{}] requests are waiting", model_->name,
               queue_.size());
}

base::Status RowQueue::expect_room() {
  const std::scoped_lock lock(mutex_);
  return expect_room_locked();
}

base::Status RowQueue::count_request() {
  const std::scoped_lock lock(mutex_);
  if (stopping_) return Error(ErrorCode::kIllegalState, "the deployment of model [{}] has been stopped", model_->name);
  ++stats_.num_requests;
  return {};
}

base::Result<BatchOutput> RowQueue::compute(RowBatch rows, const Cancellation& cancellation) {
  const auto request = std::make_shared<Request>();
  request->rows = std::move(rows);
  request->cancellation = cancellation;
  request->output.width = output_width();
  request->output.resize(request->rows.num_rows());
  RETURN_IF_ERROR(enqueue(request));
  RETURN_IF_ERROR(wait(request));
  return std::move(request->output);
}

base::Status RowQueue::enqueue(const RequestPtr& request) {
  {
    const std::scoped_lock lock(mutex_);
    RETURN_IF_ERROR(expect_room_locked());
    queue_.push_back(request);
  }
  work_arrived_.notify_one();
  return {};
}

base::Status RowQueue::wait(const RequestPtr& request) {
  std::unique_lock lock(mutex_);
  while (!request->finished) {
    if (request->cancellation.should_stop()) {  // a worker drops what is queued
      leave(*request);
      return stop_reason(request->cancellation);
    }
    const auto poll = Clock::now() + kCancellationPoll;
    request_finished_.wait_until(lock, std::min(poll, request->cancellation.deadline()));
  }
  if (request->error.has_value()) return std::move(*request->error);
  return {};
}

/// Nobody reads what comes for `request`.
void RowQueue::leave(Request& request) {
  for (const auto& waiters : request.in_flight) {
    if (--waiters->count == 0) waiters->nobody.cancel();
  }
  request.in_flight.clear();
}

DeploymentStats RowQueue::stats() const {
  const std::scoped_lock lock(mutex_);
  DeploymentStats copy = stats_;
  copy.num_queued = static_cast<int64_t>(queue_.size());
  return copy;
}

void RowQueue::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (const RequestPtr& request : queue_) {
      request->next_row = request->rows.num_rows();
      finish_request(*request, Error(ErrorCode::kIllegalState, "the deployment of model [{}] was stopped", model_->name));
    }
    queue_.clear();
  }
  work_arrived_.notify_all();
  const std::scoped_lock joining(stop_mutex_);
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

void RowQueue::finish_request(Request& request, std::optional<Error> error) {
  if (request.finished) return;
  request.finished = true;
  request.error = std::move(error);
  request_finished_.notify_all();
}

void RowQueue::take_rows(const RequestPtr& request, Batch& batch) const {
  const auto budget = static_cast<size_t>(std::max(options_.max_batch_tokens, 1));
  const size_t first = request->next_row;
  const auto& starts = request->rows.row_starts;
  while (request->next_row < request->rows.num_rows()) {
    const auto length = static_cast<size_t>(starts[request->next_row + 1] - starts[request->next_row]);
    if (batch.rows.num_rows() > 0 && batch.rows.input_ids.size() + length > budget) break;
    batch.rows.append(request->rows, request->next_row);
    ++request->next_row;
  }
  const size_t taken = request->next_row - first;
  request->rows_in_flight += taken;
  if (taken == 0) return;
  batch.slices.push_back({request, first, taken});
  request->in_flight.push_back(batch.waiters);
  ++batch.waiters->count;
}

/// Waits for rows. False when the deployment stops.
bool RowQueue::take_batch(Batch& batch) {
  batch.slices.clear();
  batch.rows.clear();
  batch.waiters = std::make_shared<Waiters>();
  std::unique_lock lock(mutex_);
  while (batch.slices.empty()) {
    work_arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return false;
    while (!queue_.empty()) {
      const RequestPtr request = queue_.front();
      if (request->cancellation.should_stop()) {
        ++stats_.num_dropped;
        queue_.pop_front();
        request->next_row = request->rows.num_rows();
        finish_request(*request, stop_reason(request->cancellation));
        continue;
      }
      take_rows(request, batch);
      if (request->next_row < request->rows.num_rows()) break;  // the batch is full
      queue_.pop_front();
    }
  }
  return true;
}

base::Status RowQueue::forward(Batch& batch, Encoder::Workspace& workspace, const Cancellation& cancellation) const {
  const PackedBatch rows = batch.rows.view();
  if (const CrossEncoder* encoder = model_->cross_encoder())
    return encoder->forward(rows, workspace, cancellation, batch.output.values);
  if (const DenseEncoder* encoder = model_->dense_encoder())
    return encoder->forward(rows, workspace, cancellation, batch.output.values);
  return model_->sparse_encoder()->forward(rows, workspace, cancellation, batch.output.weights);
}

void RowQueue::run(Batch& batch, Encoder::Workspace& workspace) {
  batch.output.width = output_width();
  batch.output.resize(batch.rows.num_rows());
  const auto begin = Clock::now();
  const base::Status status = forward(batch, workspace, batch.waiters->nobody);  // goes on while one of its clients waits
  finish(batch, status, std::chrono::duration<double>(Clock::now() - begin).count());
}

void RowQueue::finish(Batch& batch, const base::Status& status, double seconds) {
  const std::scoped_lock lock(mutex_);
  stats_.compute_seconds += seconds;
  if (status.has_value()) {
    stats_.num_pairs += static_cast<int64_t>(batch.rows.num_rows());
    stats_.num_tokens += static_cast<int64_t>(batch.rows.input_ids.size());
  }
  size_t from = 0;
  for (const Batch::Slice& slice : batch.slices) {
    Request& request = *slice.request;
    request.rows_in_flight -= slice.num_rows;
    std::erase(request.in_flight, batch.waiters);
    if (!request.finished) {
      request.output.take(batch.output, from, slice.num_rows, slice.first_row);
      if (!status.has_value()) {
        finish_request(request, status.error());
        if (request.next_row < request.rows.num_rows()) std::erase(queue_, slice.request);
      } else if (request.rows_in_flight == 0 && request.next_row == request.rows.num_rows()) {
        finish_request(request, std::nullopt);
      }
    }
    from += slice.num_rows;
  }
}

void RowQueue::work() {
  const auto workspace = model_->any_encoder().make_workspace(std::max(options_.num_threads, 1));
  Batch batch;
  while (take_batch(batch)) run(batch, *workspace);
}

}  // namespace selene::models
