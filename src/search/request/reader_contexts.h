#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "search/backends/local_backend.h"

namespace selene::search {

/// Where a scroll stands (request/scroll.h).
struct ScrollState;

/// What a point in time or a scroll reads: snapshots that stay as they are until it is closed or forgotten.
struct ReaderContext {
  std::vector<LocalTarget> targets;
  std::unique_ptr<ScrollState> scroll;  ///< null: a point in time
  std::mutex mutex;                     ///< held while a page of a scroll is read: pages come one after the other
  std::vector<std::unique_ptr<index::RunningOperation>> open_in;  ///< its targets' counters

  ReaderContext();
  ~ReaderContext();
};

enum class ContextKind : uint8_t { kPointInTime, kScroll };

/// All open points in time and scrolls of the node, by id. One that was not used for its keep_alive is forgotten, and what it held
/// is let go, at the next call of any function here. Thread-safe.
class ReaderContexts {
 public:
  static constexpr int64_t kMaxKeepAliveMs = int64_t{24} * 60 * 60 * 1000;  ///< search.max_keep_alive
  static constexpr size_t kMaxOpenScrolls = 500;                            ///< search.max_open_scroll_context
  static constexpr size_t kMaxOpenPointsInTime = 300;                       ///< search.max_open_pit_context

  explicit ReaderContexts(const base::Clock& clock) : clock_(clock) {}

  /// Errors: kIllegalArgument (keep_alive over the limit), kTooManyContexts.
  base::Result<std::string> open(ContextKind kind, std::shared_ptr<ReaderContext> context, int64_t keep_alive_ms);
  /// Its time starts anew, with `keep_alive_ms` if given. Errors: kIllegalArgument (not such an id, keep_alive over the limit),
  /// kSearchContextMissing.
  base::Result<std::shared_ptr<ReaderContext>> find(ContextKind kind, std::string_view id, std::optional<int64_t> keep_alive_ms);
  /// Whether there was one. Errors: kIllegalArgument (not such an id).
  base::Result<bool> close(ContextKind kind, std::string_view id);
  /// How many there were.
  size_t close_all(ContextKind kind);
  size_t num_open(ContextKind kind) const;
  void forget_expired();

 private:
  struct Entry {
    ContextKind kind = ContextKind::kScroll;
    std::string id;
    std::shared_ptr<ReaderContext> context;
    std::chrono::nanoseconds keep_alive{0};
    std::chrono::nanoseconds expires{0};
  };
  /// Entries whose time is over, for the caller to destroy without the lock. REQUIRES: mutex_ held.
  std::vector<Entry> take_expired();
  size_t count(ContextKind kind) const;

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<int64_t, Entry> entries_;  // guarded by mutex_; by number
  int64_t last_number_ = 0;           // guarded by mutex_
};

}  // namespace selene::search
