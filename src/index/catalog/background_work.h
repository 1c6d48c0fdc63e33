#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "index/engine/local_index_engine.h"

namespace selene::index {

/// The node's threads for indices: one that refreshes and flushes, some that merge. Thread-safe.
class BackgroundWork {
 public:
  struct Work {
    std::shared_ptr<LocalIndexEngine> engine;
    int64_t refresh_interval_ms = 1000;
  };
  /// Tells the merge threads that some index may want a merge. Engines share it, so it may outlive the threads. Thread-safe.
  class MergeSignal {
   public:
    void raise();
    /// Waits for a raise after the last one `seen`; false once stopped.
    bool wait(uint64_t& seen);
    void stop();
    bool stopped();

   private:
    std::mutex mutex_;
    std::condition_variable raised_;
    uint64_t num_raised_ = 0;
    bool stopped_ = false;
  };
  /// `list`: all indices now; `each_tick`: what else is done now and then, on the thread that refreshes. Both are called from the
  /// threads.
  BackgroundWork(std::function<std::vector<Work>()> list, std::function<void()> each_tick, int32_t num_merge_threads,
                 std::shared_ptr<MergeSignal> merge_signal);
  ~BackgroundWork() { stop(); }
  /// Waits for what is running. Idempotent.
  void stop();

 private:
  void refresh_loop();
  void merge_loop();

  std::function<std::vector<Work>()> list_;
  std::function<void()> each_tick_;
  std::shared_ptr<MergeSignal> merge_signal_;
  std::mutex mutex_;
  std::condition_variable wake_refresh_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace selene::index
