#include "base/thread_pool.h"

#include <pthread.h>

#include <exception>
#include <utility>

#include "base/log.h"

namespace selene::base {

ThreadPool::ThreadPool(std::string name, int num_threads, size_t queue_capacity)
    : name_(std::move(name)), queue_capacity_(queue_capacity) {
  CHECK(num_threads >= 1 && queue_capacity >= 1);
  threads_.reserve(static_cast<size_t>(num_threads));
  for (int i = 0; i < num_threads; ++i) {
    threads_.emplace_back([this] { work(); });
    pthread_setname_np(threads_.back().native_handle(), name_.substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() { stop(); }

Status ThreadPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error(ErrorCode::kRejectedExecution, "rejected execution: pool [{}] is shutting down", name_);
    if (queue_.size() >= queue_capacity_) {
      return Error(ErrorCode::kRejectedExecution, "rejected execution: pool [{}] has a full queue of [{}] tasks", name_,
                   queue_capacity_);
    }
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return {};
}

void ThreadPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
  }
  wake_.notify_all();
  dropped.clear();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t ThreadPool::queue_size() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void ThreadPool::work() {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    try {
      task();
    } catch (const std::exception& exception) {
      log_error("a task of pool [{}] ended with an exception: {}", name_, exception.what());
    }
  }
}

}  // namespace selene::base
