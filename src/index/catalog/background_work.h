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
  /// `list`: all indices now; called from the threads.
  BackgroundWork(std::function<std::vector<Work>()> list, int32_t num_merge_threads);
  ~BackgroundWork() { stop(); }
  /// Some index may want a merge.
  void wake_merges();
  /// Waits for what is running. Idempotent.
  void stop();

 private:
  void refresh_loop();
  void merge_loop();

  std::function<std::vector<Work>()> list_;
  std::mutex mutex_;
  std::condition_variable wake_refresh_;
  std::condition_variable wake_merge_;
  uint64_t merge_requests_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace selene::index
