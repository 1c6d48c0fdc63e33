#include "models/ops/thread_team.h"

namespace selene::models {
namespace {

// Loops of a forward call follow each other within microseconds; a longer gap means that the caller has gone.
constexpr int kSpins = 4000;

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

}  // namespace

ThreadTeam::ThreadTeam(int32_t num_threads) {
  for (int32_t i = 1; i < num_threads; ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadTeam::~ThreadTeam() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    generation_.fetch_add(1, std::memory_order_release);
  }
  started_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadTeam::take_tasks(const Job& job, int32_t thread) {
  for (;;) {
    const int64_t task = next_.fetch_add(1, std::memory_order_relaxed);
    if (task >= job.num_tasks) return;
    job.call(job.context, task, thread);
  }
}

void ThreadTeam::run_job(const Job& job) {
  if (workers_.empty() || job.num_tasks <= 1) {
    for (int64_t task = 0; task < job.num_tasks; ++task) job.call(job.context, task, 0);
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    job_ = job;
    next_.store(0, std::memory_order_relaxed);
    running_.store(static_cast<int32_t>(workers_.size()), std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
  }
  started_.notify_all();
  take_tasks(job, 0);
  for (int i = 0; i < kSpins; ++i) {
    if (running_.load(std::memory_order_acquire) == 0) return;
    pause_briefly();
  }
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] { return running_.load(std::memory_order_acquire) == 0; });
}

uint64_t ThreadTeam::wait_for_job(uint64_t seen) {
  for (int i = 0; i < kSpins; ++i) {
    const uint64_t now = generation_.load(std::memory_order_acquire);
    if (now != seen) return now;
    pause_briefly();
  }
  std::unique_lock lock(mutex_);
  started_.wait(lock, [this, seen] { return generation_.load(std::memory_order_relaxed) != seen; });
  return generation_.load(std::memory_order_acquire);
}

void ThreadTeam::work(int32_t thread) {
  uint64_t seen = 0;
  for (;;) {
    seen = wait_for_job(seen);
    if (stopping_.load(std::memory_order_acquire)) return;
    const Job job = job_;
    take_tasks(job, thread);
    if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      const std::scoped_lock lock(mutex_);
      finished_.notify_one();
    }
  }
}

}  // namespace selene::models
