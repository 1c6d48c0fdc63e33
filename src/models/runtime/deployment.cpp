#include "models/runtime/deployment.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "models/runtime/bounded_cache.h"

namespace selene::models {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

// How often a waiting caller looks whether its client has gone.
constexpr auto kCancellationPoll = std::chrono::milliseconds(20);

/// Rows one behind the other, owned.
struct Rows {
  std::vector<int32_t> input_ids;
  std::vector<int32_t> token_type_ids;
  std::vector<int32_t> row_starts = {0};

  void clear() {
    input_ids.clear();
    token_type_ids.clear();
    row_starts.assign(1, 0);
  }
  size_t num_rows() const { return row_starts.size() - 1; }
  void append(std::span<const int32_t> ids, std::span<const int32_t> types) {
    input_ids.insert(input_ids.end(), ids.begin(), ids.end());
    token_type_ids.insert(token_type_ids.end(), types.begin(), types.end());
    row_starts.push_back(static_cast<int32_t>(input_ids.size()));
  }
  void append(const Rows& from, size_t row) {
    const auto begin = static_cast<size_t>(from.row_starts[row]);
    const auto length = static_cast<size_t>(from.row_starts[row + 1]) - begin;
    append(std::span(from.input_ids).subspan(begin, length), std::span(from.token_type_ids).subspan(begin, length));
  }
  PackedBatch view() const { return {input_ids, token_type_ids, row_starts}; }
};

/// What rows give: `width` numbers each (logits, embeddings), or a list of token weights each.
struct Output {
  size_t width = 0;
  std::vector<float> values;
  std::vector<std::vector<TokenWeight>> weights;

  void resize(size_t num_rows) { width > 0 ? values.resize(num_rows * width) : weights.resize(num_rows); }
  /// Takes rows [first, first + num_rows) of a batch's output, to stand at `at` here.
  void take(Output& from, size_t first, size_t num_rows, size_t at) {
    const auto place = [](auto& rows, size_t row, size_t row_width) {
      return rows.begin() + static_cast<std::ptrdiff_t>(row * row_width);
    };
    if (width > 0) {
      std::copy_n(place(from.values, first, width), num_rows * width, place(values, at, width));
    } else {
      std::move(place(from.weights, first, 1), place(from.weights, first + num_rows, 1), place(weights, at, 1));
    }
  }
};

/// Requests with rows in a forward call, which is cancelled when none of them waits any more.
struct Waiters {
  Cancellation nobody;
  size_t count = 0;
};

/// One call. `rows` and `cancellation` are fixed before it is queued; the rest is guarded by the deployment's mutex.
struct Request {
  Rows rows;
  Cancellation cancellation;
  Output output;
  size_t next_row = 0;        // the first one not handed to a worker
  size_t rows_in_flight = 0;  // handed out, not back
  bool finished = false;
  std::optional<Error> error;
  std::vector<std::shared_ptr<Waiters>> in_flight;  // of the forward calls that have rows of it
};
using RequestPtr = std::shared_ptr<Request>;

/// Rows of some requests that share a forward call.
struct Batch {
  struct Slice {
    RequestPtr request;
    size_t first_row;
    size_t num_rows;
  };
  std::vector<Slice> slices;
  Rows rows;
  Output output;
  std::shared_ptr<Waiters> waiters;
};

/// What a pair's logits depend on, as the key of the score cache.
std::string pair_key(const Rows& rows, size_t row) {
  const auto begin = static_cast<size_t>(rows.row_starts[row]);
  const size_t length = static_cast<size_t>(rows.row_starts[row + 1]) - begin;
  std::string key;
  for (const auto* ids : {&rows.input_ids, &rows.token_type_ids}) {
    key.append(reinterpret_cast<const char*>(ids->data() + begin), length * sizeof(int32_t));
  }
  return key;
}

Error stop_reason(const Cancellation& cancellation) {
  if (cancellation.cancelled()) return Error(ErrorCode::kTaskCancelled, "the request was cancelled while it waited for the model");
  return Error(ErrorCode::kStatusTimeout, "the request's time ran out while it waited for the model");
}

class DeploymentWithWorkers final : public Deployment {
 public:
  DeploymentWithWorkers(std::shared_ptr<const LoadedModel> model, DeploymentOptions options)
      : model_(std::move(model)), options_(options), tokens_(options.token_cache_bytes), scores_(options.score_cache_bytes) {
    for (int32_t i = 0; i < std::max(options_.num_allocations, 1); ++i) workers_.emplace_back([this] { work(); });
  }
  ~DeploymentWithWorkers() override { stop(); }

  base::Result<std::vector<float>> score(std::string_view query, std::span<const std::string_view> texts,
                                         const Cancellation& cancellation) override;
  base::Result<std::vector<std::vector<float>>> embed(std::span<const std::string_view> texts,
                                                      const Cancellation& cancellation) override;
  base::Result<std::vector<SparseVector>> expand(std::span<const std::string_view> texts,
                                                 const Cancellation& cancellation) override;
  base::Result<RowOutputs> run(std::span<const Encoding> rows, const Cancellation& cancellation) override;
  const LoadedModel& model() const override { return *model_; }
  DeploymentOptions options() const override { return options_; }
  DeploymentStats stats() const override;
  void stop() override;

 private:
  base::Status expect_kind(ModelKind kind, std::string_view task) const;
  base::Status encode_pairs(std::string_view query, std::span<const std::string_view> texts, const Cancellation& cancellation,
                            Rows& rows) const;
  base::Status encode_prompts(std::string_view query, std::span<const std::string_view> texts, const Cancellation& cancellation,
                              Rows& rows) const;
  std::vector<int32_t> token_ids(std::string_view text) const;
  base::Status encode_texts(std::span<const std::string_view> texts, const Cancellation& cancellation, Rows& rows) const;
  base::Result<Output> compute_rows(const RequestPtr& request);
  base::Result<std::vector<float>> score_rows(const Rows& rows, const Cancellation& cancellation);
  base::Status count_request();
  /// Refuses before any work is done for a request: under overload, what is refused must cost next to nothing.
  base::Status expect_room();
  base::Status expect_room_locked();  // REQUIRES(mutex_)
  base::Status enqueue(const RequestPtr& request);
  base::Status wait(const RequestPtr& request);
  void leave(Request& request);
  size_t output_width() const;
  void work();
  bool take_batch(Batch& batch);
  void take_rows(const RequestPtr& request, Batch& batch);
  void compute(Batch& batch, Encoder::Workspace& workspace);
  base::Status forward(Batch& batch, Encoder::Workspace& workspace, const Cancellation& cancellation) const;
  void finish(Batch& batch, const base::Status& status, double seconds);
  void finish_request(Request& request, std::optional<Error> error);

  const std::shared_ptr<const LoadedModel> model_;
  const DeploymentOptions options_;
  mutable BoundedCache<std::vector<int32_t>> tokens_;
  BoundedCache<std::vector<float>> scores_;
  mutable std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable request_finished_;
  std::deque<RequestPtr> queue_;  // those with rows not yet handed out
  DeploymentStats stats_;
  bool stopping_ = false;
  std::mutex stop_mutex_;  // one `stop` joins
  std::vector<std::thread> workers_;
};

base::Status DeploymentWithWorkers::expect_kind(ModelKind kind, std::string_view task) const {
  if (model_->kind() == kind) return {};
  return Error(ErrorCode::kIllegalArgument, "model [{}] is a {}; {} needs a {}", model_->name, model_kind_name(model_->kind()),
               task, model_kind_name(kind));
}

base::Status DeploymentWithWorkers::encode_pairs(std::string_view query, std::span<const std::string_view> texts,
                                                 const Cancellation& cancellation, Rows& rows) const {
  if (model_->pair_template.has_value()) return encode_prompts(query, texts, cancellation, rows);
  const std::vector<int32_t> first = token_ids(query);
  const PairOptions options{.max_length = model_->any_encoder().max_length()};
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    ASSIGN_OR_RETURN(const Encoding pair, model_->tokenizer->build_pair(first, token_ids(text), options));
    rows.append(pair.ids, pair.type_ids);
  }
  return {};
}

base::Status DeploymentWithWorkers::encode_prompts(std::string_view query, std::span<const std::string_view> texts,
                                                   const Cancellation& cancellation, Rows& rows) const {
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    ASSIGN_OR_RETURN(const Encoding row,
                     model_->pair_template->encode(*model_->tokenizer, query, text, model_->any_encoder().max_length()));
    rows.append(row.ids, row.type_ids);
  }
  return {};
}

/// Without special tokens, as many as the model takes.
std::vector<int32_t> DeploymentWithWorkers::token_ids(std::string_view text) const {
  if (auto known = tokens_.find(text)) return *std::move(known);
  std::vector<int32_t> ids;
  model_->tokenizer->encode(text, static_cast<size_t>(model_->any_encoder().max_length()), ids);
  ids.shrink_to_fit();
  tokens_.put(text, ids, static_cast<int64_t>(ids.size() * sizeof(int32_t)));
  return ids;
}

base::Status DeploymentWithWorkers::encode_texts(std::span<const std::string_view> texts, const Cancellation& cancellation,
                                                 Rows& rows) const {
  for (const std::string_view text : texts) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    Encoding encoding = model_->tokenizer->encode_single(text, model_->any_encoder().max_length());
    if (encoding.ids.empty()) {  // no text and no special tokens: an encoder reads at least one token
      encoding.ids.push_back(model_->tokenizer->pad_id());
      encoding.type_ids.push_back(0);
    }
    rows.append(encoding.ids, encoding.type_ids);
  }
  return {};
}

size_t DeploymentWithWorkers::output_width() const {
  if (const CrossEncoder* encoder = model_->cross_encoder()) return static_cast<size_t>(encoder->num_labels());
  if (const DenseEncoder* encoder = model_->dense_encoder()) return static_cast<size_t>(encoder->dims());
  return 0;
}

base::Result<Output> DeploymentWithWorkers::compute_rows(const RequestPtr& request) {
  request->output.width = output_width();
  request->output.resize(request->rows.num_rows());
  RETURN_IF_ERROR(enqueue(request));
  RETURN_IF_ERROR(wait(request));
  return std::move(request->output);
}

base::Result<std::vector<float>> DeploymentWithWorkers::score(std::string_view query, std::span<const std::string_view> texts,
                                                              const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kCrossEncoder, "re-ranking"));
  if (texts.empty()) return std::vector<float>();
  RETURN_IF_ERROR(expect_room());
  Rows rows;
  RETURN_IF_ERROR(encode_pairs(query, texts, cancellation, rows));
  RETURN_IF_ERROR(count_request());
  return score_rows(rows, cancellation);
}

/// Computes what the score cache does not have.
base::Result<std::vector<float>> DeploymentWithWorkers::score_rows(const Rows& rows, const Cancellation& cancellation) {
  const size_t width = output_width();
  std::vector<float> logits(rows.num_rows() * width);
  const auto place = [&](size_t row) { return logits.begin() + static_cast<std::ptrdiff_t>(row * width); };
  auto request = std::make_shared<Request>();
  request->cancellation = cancellation;
  std::vector<std::pair<size_t, std::string>> missing;
  for (size_t row = 0; row < rows.num_rows(); ++row) {
    std::string key = pair_key(rows, row);
    if (const auto known = scores_.find(key)) {
      std::copy(known->begin(), known->end(), place(row));
    } else {
      missing.emplace_back(row, std::move(key));
      request->rows.append(rows, row);
    }
  }
  if (missing.empty()) return logits;
  ASSIGN_OR_RETURN(const Output output, compute_rows(request));
  auto from = output.values.begin();
  for (const auto& [row, key] : missing) {
    const auto end = from + static_cast<std::ptrdiff_t>(width);
    std::copy(from, end, place(row));
    scores_.put(key, std::vector<float>(from, end), static_cast<int64_t>(width * sizeof(float)));
    from = end;
  }
  return logits;
}

base::Status DeploymentWithWorkers::count_request() {
  const std::scoped_lock lock(mutex_);
  if (stopping_) return Error(ErrorCode::kIllegalState, "the deployment of model [{}] has been stopped", model_->name);
  ++stats_.num_requests;
  return {};
}

base::Result<std::vector<std::vector<float>>> DeploymentWithWorkers::embed(std::span<const std::string_view> texts,
                                                                           const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kDenseEncoder, "text embedding"));
  std::vector<std::vector<float>> embeddings;
  if (texts.empty()) return embeddings;
  RETURN_IF_ERROR(expect_room());
  auto request = std::make_shared<Request>();
  request->cancellation = cancellation;
  RETURN_IF_ERROR(encode_texts(texts, cancellation, request->rows));
  RETURN_IF_ERROR(count_request());
  ASSIGN_OR_RETURN(const Output output, compute_rows(request));
  for (auto row = output.values.begin(); row != output.values.end(); row += static_cast<std::ptrdiff_t>(output.width)) {
    embeddings.emplace_back(row, row + static_cast<std::ptrdiff_t>(output.width));
  }
  return embeddings;
}

base::Result<std::vector<SparseVector>> DeploymentWithWorkers::expand(std::span<const std::string_view> texts,
                                                                      const Cancellation& cancellation) {
  RETURN_IF_ERROR(expect_kind(ModelKind::kSparseEncoder, "sparse embedding"));
  std::vector<SparseVector> expansions;
  if (texts.empty()) return expansions;
  RETURN_IF_ERROR(expect_room());
  auto request = std::make_shared<Request>();
  request->cancellation = cancellation;
  RETURN_IF_ERROR(encode_texts(texts, cancellation, request->rows));
  RETURN_IF_ERROR(count_request());
  ASSIGN_OR_RETURN(const Output output, compute_rows(request));
  for (const std::vector<TokenWeight>& weights : output.weights) {
    SparseVector& vector = expansions.emplace_back();
    for (const TokenWeight& weight : weights) {
      const std::string_view token = model_->tokenizer->token(weight.token_id);
      if (!token.empty()) vector.push_back({std::string(token), weight.weight});  // rows beyond the vocabulary name no token
    }
  }
  return expansions;
}

base::Result<RowOutputs> DeploymentWithWorkers::run(std::span<const Encoding> rows, const Cancellation& cancellation) {
  if (rows.empty()) return RowOutputs{output_width(), {}, {}};
  auto request = std::make_shared<Request>();
  request->cancellation = cancellation;
  for (const Encoding& row : rows) request->rows.append(row.ids, row.type_ids);
  RETURN_IF_ERROR(count_request());
  if (output_width() > 0) {
    ASSIGN_OR_RETURN(std::vector<float> values, score_rows(request->rows, cancellation));
    return RowOutputs{output_width(), std::move(values), {}};
  }
  ASSIGN_OR_RETURN(Output output, compute_rows(request));
  return RowOutputs{0, {}, std::move(output.weights)};
}

base::Status DeploymentWithWorkers::expect_room_locked() {
  if (stopping_) return Error(ErrorCode::kIllegalState, "the deployment of model [{}] has been stopped", model_->name);
  if (queue_.size() < static_cast<size_t>(std::max(options_.queue_capacity, 1))) return {};
  ++stats_.num_rejected;
  return Error(ErrorCode::kRejectedExecution, "inference queue of model [{}] is full: [{}] requests are waiting", model_->name,
               queue_.size());
}

base::Status DeploymentWithWorkers::expect_room() {
  const std::scoped_lock lock(mutex_);
  return expect_room_locked();
}

base::Status DeploymentWithWorkers::enqueue(const RequestPtr& request) {
  {
    const std::scoped_lock lock(mutex_);
    RETURN_IF_ERROR(expect_room_locked());
    queue_.push_back(request);
  }
  work_arrived_.notify_one();
  return {};
}

base::Status DeploymentWithWorkers::wait(const RequestPtr& request) {
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
void DeploymentWithWorkers::leave(Request& request) {
  for (const auto& waiters : request.in_flight) {
    if (--waiters->count == 0) waiters->nobody.cancel();
  }
  request.in_flight.clear();
}

DeploymentStats DeploymentWithWorkers::stats() const {
  const auto tokens = tokens_.counters();
  const auto scores = scores_.counters();
  const std::scoped_lock lock(mutex_);
  DeploymentStats copy = stats_;
  copy.num_queued = static_cast<int64_t>(queue_.size());
  copy.num_token_cache_hits = tokens.num_hits;
  copy.num_token_cache_misses = tokens.num_misses;
  copy.num_score_cache_hits = scores.num_hits;
  copy.num_score_cache_misses = scores.num_misses;
  copy.cache_bytes = tokens.size_bytes + scores.size_bytes;
  return copy;
}

void DeploymentWithWorkers::stop() {
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

void DeploymentWithWorkers::finish_request(Request& request, std::optional<Error> error) {
  if (request.finished) return;
  request.finished = true;
  request.error = std::move(error);
  request_finished_.notify_all();
}

void DeploymentWithWorkers::take_rows(const RequestPtr& request, Batch& batch) {
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
bool DeploymentWithWorkers::take_batch(Batch& batch) {
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

base::Status DeploymentWithWorkers::forward(Batch& batch, Encoder::Workspace& workspace, const Cancellation& cancellation) const {
  const PackedBatch rows = batch.rows.view();
  if (const CrossEncoder* encoder = model_->cross_encoder())
    return encoder->forward(rows, workspace, cancellation, batch.output.values);
  if (const DenseEncoder* encoder = model_->dense_encoder())
    return encoder->forward(rows, workspace, cancellation, batch.output.values);
  return model_->sparse_encoder()->forward(rows, workspace, cancellation, batch.output.weights);
}

void DeploymentWithWorkers::compute(Batch& batch, Encoder::Workspace& workspace) {
  batch.output.width = output_width();
  batch.output.resize(batch.rows.num_rows());
  const auto begin = Clock::now();
  const base::Status status = forward(batch, workspace, batch.waiters->nobody);  // goes on while one of its clients waits
  finish(batch, status, std::chrono::duration<double>(Clock::now() - begin).count());
}

void DeploymentWithWorkers::finish(Batch& batch, const base::Status& status, double seconds) {
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

void DeploymentWithWorkers::work() {
  const auto workspace = model_->any_encoder().make_workspace(std::max(options_.num_threads, 1));
  Batch batch;
  while (take_batch(batch)) compute(batch, *workspace);
}

}  // namespace

std::unique_ptr<Deployment> Deployment::start(std::shared_ptr<const LoadedModel> model, DeploymentOptions options) {
  return std::make_unique<DeploymentWithWorkers>(std::move(model), options);
}

}  // namespace selene::models
