#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace selene::base {
class ThreadPool;
}

namespace selene::search {

/// Threads that may take a part of one request's work while processors are idle. A plain value.
struct FreeThreads {
  base::ThreadPool* pool = nullptr;  ///< null: none
  size_t num_helpers = 0;            ///< beside the caller's
  int64_t min_docs = 50000;          ///< of an index whose searches are worth a second thread
};

/// Calls run(0) to run(count - 1), each once, in this order as threads become free: on the caller and at most `num_helpers` threads
/// of the pool, as far as it has free ones. Returns when all are done; the first exception that came out of one is thrown then.
void run_in_parallel(const FreeThreads& threads, size_t count, const std::function<void(size_t)>& run);

}  // namespace selene::search
