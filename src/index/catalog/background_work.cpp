#include "index/catalog/background_work.h"

#include <pthread.h>

namespace selene::index {
namespace {

constexpr std::chrono::milliseconds kTick{100};

void name_this_thread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

}  // namespace

void BackgroundWork::MergeSignal::raise() {
  {
    const std::lock_guard lock(mutex_);
    ++num_raised_;
  }
  raised_.notify_one();
}

bool BackgroundWork::MergeSignal::wait(uint64_t& seen) {
  std::unique_lock lock(mutex_);
  raised_.wait(lock, [&] { return stopped_ || num_raised_ != seen; });
  seen = num_raised_;
  return !stopped_;
}

void BackgroundWork::MergeSignal::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  raised_.notify_all();
}

bool BackgroundWork::MergeSignal::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

BackgroundWork::BackgroundWork(std::function<std::vector<Work>()> list, std::function<void()> each_tick, int32_t num_merge_threads,
                               std::shared_ptr<MergeSignal> merge_signal)
    : list_(std::move(list)), each_tick_(std::move(each_tick)), merge_signal_(std::move(merge_signal)) {
  threads_.emplace_back([this] { refresh_loop(); });
  for (int32_t i = 0; i < num_merge_threads; ++i) threads_.emplace_back([this] { merge_loop(); });
}

void BackgroundWork::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_refresh_.notify_all();
  merge_signal_->stop();
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
    each_tick_();
    lock.lock();
  }
}

void BackgroundWork::merge_loop() {
  name_this_thread("merge");
  uint64_t seen = 0;
  while (merge_signal_->wait(seen)) {
    for (const Work& work : list_()) {
      while (!merge_signal_->stopped() && work.engine->merge_once()) {
      }
    }
  }
}

}  // namespace selene::index
