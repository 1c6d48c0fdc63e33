#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selene::search {

/// What a caller should be told beside the answer, each once: deprecated spellings. Thread-safe.
class RequestWarnings {
 public:
  void add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (std::find(texts_.begin(), texts_.end(), text) == texts_.end()) texts_.emplace_back(text);
  }
  /// Those not taken yet.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(texts_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;  // GUARDED_BY(mutex_)
};

}  // namespace selene::search
