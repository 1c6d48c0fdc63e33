#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace selene::base {

/// Named threads with one bounded queue. A full queue is an error for the caller, never a wait. The thread that worked last works
/// next: its memory is still in the processor's caches. Thread-safe.
class ThreadPool {
 public:
  /// `name` (at most 15 characters) names the threads. REQUIRES: num_threads >= 1, queue_capacity >= 1.
  ThreadPool(std::string name, int num_threads, size_t queue_capacity);
  /// stop()
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Runs `task` on one of the threads. Errors: kRejectedExecution when the queue is full or the pool has stopped; the task is
  /// then destroyed without being run. Foreign exceptions of a task are logged.
  Status submit(std::function<void()> task);
  /// Waits for running tasks, drops queued ones, joins. Idempotent; must not be called from a task.
  void stop();
  size_t queue_size() const;
  const std::string& name() const { return name_; }

 private:
  struct Sleeper {
    std::condition_variable wake;
    bool called = false;
  };
  void work(Sleeper& self);

  const std::string name_;
  const size_t queue_capacity_;
  mutable std::mutex mutex_;
  std::deque<Sleeper> sleepers_;  ///< one a thread
  std::vector<Sleeper*> idle_;    ///< the last to fall asleep at the end
  std::deque<std::function<void()>> queue_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace selene::base
