#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace selene::models {

/// A caller and `num_threads - 1` workers that share loops. Workers spin a moment between loops, then sleep. `run` allocates
/// nothing. One caller at a time.
class ThreadTeam {
 public:
  explicit ThreadTeam(int32_t num_threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int32_t num_threads() const { return static_cast<int32_t>(workers_.size()) + 1; }

  /// body(task, thread) for each task in [0, num_tasks), handed out one by one in order; thread in [0, num_threads), 0 = the
  /// caller. Returns when all are done. `body` must not throw or call `run`.
  template <class Body>
  void run(int64_t num_tasks, Body&& body) {
    using Callable = std::remove_reference_t<Body>;
    run_job({[](void* context, int64_t task, int32_t thread) { (*static_cast<Callable*>(context))(task, thread); },
             const_cast<void*>(static_cast<const void*>(&body)), num_tasks});
  }

 private:
  struct Job {
    void (*call)(void* context, int64_t task, int32_t thread) = nullptr;
    void* context = nullptr;
    int64_t num_tasks = 0;
  };
  void run_job(const Job& job);
  void work(int32_t thread);
  void take_tasks(const Job& job, int32_t thread);
  uint64_t wait_for_job(uint64_t seen);

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  Job job_;                               // written before generation_ moves, read after
  std::atomic<uint64_t> generation_ = 0;  // a new job, or the end
  std::atomic<int64_t> next_ = 0;
  std::atomic<int32_t> running_ = 0;  // workers that have not finished the job
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace selene::models
