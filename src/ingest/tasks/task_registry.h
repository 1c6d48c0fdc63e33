#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "base/thread_pool.h"

namespace selene::ingest {

/// A long call, as `_tasks` shows it.
struct TaskSpec {
  std::string action;  ///< "indices:data/write/reindex"
  std::string description;
  std::map<std::string, std::string> headers;                 ///< X-Opaque-Id
  std::function<std::string()> status;                        ///< JSON of how far it is; any thread, also after `run`
  std::function<void(float requests_per_second)> rethrottle;  ///< any thread, also after `run`; empty: it has no rate
  std::function<base::Result<std::string>(const base::Cancellation& cancellation)> run;  ///< the answer as JSON
};

/// A task at one moment.
struct TaskInfo {
  int64_t id = 0;
  std::string action;
  std::string description;
  std::map<std::string, std::string> headers;
  int64_t start_time_ms = 0;
  int64_t running_time_ns = 0;
  bool cancelled = false;
  std::string status;                               ///< JSON
  std::optional<base::Result<std::string>> result;  ///< once it is complete
};

/// The running tasks of this node and the last finished ones that nobody waited for (at most 1000, until the node stops).
/// Thread-safe.
class TaskRegistry {
 public:
  TaskRegistry() = default;
  ~TaskRegistry() { close(); }

  /// Runs on the caller's thread; `cancel` stops it too.
  base::Result<std::string> run(TaskSpec spec, const base::Cancellation& cancellation);
  /// Runs on a thread of the registry; the task's id. Errors: kRejectedExecution when too many wait.
  base::Result<int64_t> start(TaskSpec spec);

  std::vector<TaskInfo> running() const;
  /// Running or finished; empty if unknown.
  std::optional<TaskInfo> find(int64_t id) const;
  /// Waits until it is complete, at most `timeout`. False if it is not by then; true also for an unknown id.
  bool wait(int64_t id, std::chrono::milliseconds timeout) const;
  /// False if no such task runs.
  bool cancel(int64_t id);
  /// Gives a running task of `action` another rate (-1: none). False if no such task runs.
  bool rethrottle(int64_t id, std::string_view action, float requests_per_second);
  /// Cancels all, waits for those that run, refuses new ones. Idempotent.
  void close();

 private:
  struct Task;
  std::shared_ptr<Task> add(TaskSpec spec, const base::Cancellation& cancellation);
  void complete(const std::shared_ptr<Task>& task, base::Result<std::string> result);
  static TaskInfo info_of(const Task& task);

  mutable std::mutex mutex_;
  mutable std::condition_variable completed_;
  std::map<int64_t, std::shared_ptr<Task>> running_;
  std::map<int64_t, std::shared_ptr<Task>> finished_;
  int64_t next_id_ = 1;
  base::ThreadPool pool_{"tasks", 2, 100};
};

}  // namespace selene::ingest
