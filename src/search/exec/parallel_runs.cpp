#include "search/exec/parallel_runs.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

#include "base/thread_pool.h"

namespace selene::search {
namespace {

/// What the threads of one call share. One that comes late finds nothing left to do and touches nothing but this.
class Runs {
 public:
  Runs(size_t count, const std::function<void(size_t)>& run) : count_(count), run_(run) {}

  void work() {
    for (size_t i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) {
      std::exception_ptr thrown;
      try {
        run_(i);
      } catch (...) {  // thrown again by wait(): the others must not be left waiting
        thrown = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      if (thrown != nullptr && first_thrown_ == nullptr) first_thrown_ = thrown;
      if (++num_done_ == count_) done_.notify_all();
    }
  }
  void wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return num_done_ == count_; });
    if (first_thrown_ != nullptr) std::rethrow_exception(first_thrown_);
  }

 private:
  const size_t count_;
  const std::function<void(size_t)>& run_;  ///< of the caller, who waits until all are done
  std::atomic<size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  size_t num_done_ = 0;              // GUARDED_BY(mutex_)
  std::exception_ptr first_thrown_;  // GUARDED_BY(mutex_)
};

}  // namespace

void run_in_parallel(const FreeThreads& threads, size_t count, const std::function<void(size_t)>& run) {
  const auto runs = std::make_shared<Runs>(count, run);
  for (size_t i = 1; i < count && i <= threads.num_helpers && threads.pool != nullptr; ++i) {
    if (!threads.pool->submit([runs] { runs->work(); }).has_value()) break;  // all are busy: the caller does the rest
  }
  runs->work();
  if (count > 0) runs->wait();
}

}  // namespace selene::search
