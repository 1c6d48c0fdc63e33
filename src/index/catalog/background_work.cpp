#include "index/catalog/background_work.h"

#include <pthread.h>

namespace selene::index {
namespace {

constexpr std::chrono::milliseconds kTick{100};

void name_this_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace

BackgroundWork::BackgroundWork(std::function<std::vector<Work>()> list, int32_t num_merge_threads) : list_(std::move(list)) {
  threads_.emplace_back([this] { refresh_loop(); });
  for (int32_t i = 0; i < num_merge_threads; ++i) threads_.emplace_back([this] { merge_loop(); });
}

void BackgroundWork::wake_merges() {
  {
    const std::lock_guard lock(mutex_);
    ++merge_requests_;
  }
  wake_merge_.notify_one();
}

void BackgroundWork::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_refresh_.notify_all();
  wake_merge_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void BackgroundWork::refresh_loop() {
  name_this_thread("refresh");
  std::unique_lock lock(mutex_);
  while (!wake_refresh_.wait_for(lock, kTick, [this] { return stopping_; })) {
    lock.unlock();
    for (const Work& work : list_()) work.engine->tick(LocalIndexEngine::Clock::now(), work.refresh_interval_ms);
    lock.lock();
  }
}

void BackgroundWork::merge_loop() {
  name_this_thread("merge");
  uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_merge_.wait(lock, [&] { return stopping_ || merge_requests_ != seen; });
    if (stopping_) return;
    seen = merge_requests_;
    lock.unlock();
    for (const Work& work : list_()) {
      while (work.engine->merge_once()) {
        const std::lock_guard again(mutex_);
        if (stopping_) return;
      }
    }
    lock.lock();
  }
}

}  // namespace selene::index
