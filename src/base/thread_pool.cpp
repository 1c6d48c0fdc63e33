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
  idle_.reserve(static_cast<size_t>(num_threads));
  for (int i = 0; i < num_threads; ++i) {
    threads_.emplace_back([this, &self = sleepers_.emplace_back()] { work(self); });
    pthread_setname_np(threads_.back().native_handle(), name_.substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() { stop(); }

Status ThreadPool::submit(std::function<void()> task) {
  Sleeper* called = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error(ErrorCode::kRejectedExecution, "rejected execution: pool [{}] is shutting down", name_);
    if (queue_.size() >= queue_capacity_) {
      return Error(ErrorCode::kRejectedExecution, "rejected execution: pool [{}] has a full queue of [{}] tasks", name_,
                   queue_capacity_);
    }
    queue_.push_back(std::move(task));
    if (!idle_.empty()) {
      called = idle_.back();
      idle_.pop_back();
      called->called = true;
    }
  }
  if (called != nullptr) called->wake.notify_one();
  return {};
}

void ThreadPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(queue_);
  }
  for (Sleeper& sleeper : sleepers_) sleeper.wake.notify_one();
  dropped.clear();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t ThreadPool::queue_size() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void ThreadPool::work(Sleeper& self) {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      while (queue_.empty()) {
        if (stopped_) return;
        self.called = false;
        idle_.push_back(&self);
        self.wake.wait(lock, [&] { return stopped_ || self.called; });
      }
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
