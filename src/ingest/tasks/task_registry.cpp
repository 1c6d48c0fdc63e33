#include "ingest/tasks/task_registry.h"

#include "base/clock.h"

namespace selene::ingest {

namespace {

constexpr size_t kMaxFinished = 1000;

}  // namespace

struct TaskRegistry::Task {
  int64_t id = 0;
  TaskSpec spec;
  base::Cancellation cancellation;
  int64_t start_time_ms = base::wall_clock_ms();
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point end{};
  std::optional<base::Result<std::string>> result;
};

std::shared_ptr<TaskRegistry::Task> TaskRegistry::add(TaskSpec spec, const base::Cancellation& cancellation) {
  auto task = std::make_shared<Task>();
  task->spec = std::move(spec);
  task->cancellation = cancellation;
  const std::lock_guard lock(mutex_);
  task->id = next_id_++;
  running_.emplace(task->id, task);
  return task;
}

void TaskRegistry::complete(const std::shared_ptr<Task>& task, base::Result<std::string> result) {
  {
    const std::lock_guard lock(mutex_);
    task->result = std::move(result);
    task->end = std::chrono::steady_clock::now();
    running_.erase(task->id);
    finished_.emplace(task->id, task);
    while (finished_.size() > kMaxFinished) finished_.erase(finished_.begin());
  }
  completed_.notify_all();
}

base::Result<std::string> TaskRegistry::run(TaskSpec spec, const base::Cancellation& cancellation) {
  const std::shared_ptr<Task> task = add(std::move(spec), cancellation);
  base::Result<std::string> result = task->spec.run(task->cancellation);
  const std::lock_guard lock(mutex_);
  running_.erase(task->id);
  return result;
}

base::Result<int64_t> TaskRegistry::start(TaskSpec spec) {
  const std::shared_ptr<Task> task = add(std::move(spec), {});
  base::Status submitted = pool_.submit([this, task] { complete(task, task->spec.run(task->cancellation)); });
  if (submitted) return task->id;
  const std::lock_guard lock(mutex_);
  running_.erase(task->id);
  return std::move(submitted).error();
}

TaskInfo TaskRegistry::info_of(const Task& task) {
  TaskInfo info;
  info.id = task.id;
  info.action = task.spec.action;
  info.description = task.spec.description;
  info.headers = task.spec.headers;
  info.start_time_ms = task.start_time_ms;
  const auto end = task.result ? task.end : std::chrono::steady_clock::now();
  info.running_time_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(end - task.start).count();
  info.cancelled = task.cancellation.cancelled();
  info.status = task.spec.status();
  info.result = task.result;
  return info;
}

std::vector<TaskInfo> TaskRegistry::running() const {
  std::vector<TaskInfo> infos;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, task] : running_) infos.push_back(info_of(*task));
  return infos;
}

std::optional<TaskInfo> TaskRegistry::find(int64_t id) const {
  const std::lock_guard lock(mutex_);
  for (const auto* tasks : {&running_, &finished_}) {
    if (const auto at = tasks->find(id); at != tasks->end()) return info_of(*at->second);
  }
  return std::nullopt;
}

bool TaskRegistry::wait(int64_t id, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return completed_.wait_for(lock, timeout, [&] { return !running_.contains(id); });
}

bool TaskRegistry::cancel(int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto at = running_.find(id);
  if (at == running_.end()) return false;
  at->second->cancellation.cancel();
  return true;
}

bool TaskRegistry::rethrottle(int64_t id, std::string_view action, float requests_per_second) {
  const std::lock_guard lock(mutex_);
  const auto at = running_.find(id);
  if (at == running_.end() || at->second->spec.action != action || !at->second->spec.rethrottle) return false;
  at->second->spec.rethrottle(requests_per_second);
  return true;
}

void TaskRegistry::close() {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, task] : running_) task->cancellation.cancel();
  }
  pool_.stop();
}

}  // namespace selene::ingest
