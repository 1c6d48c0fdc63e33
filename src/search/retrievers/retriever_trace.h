#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "search/backends/search_backend.h"

namespace selene::search {

class Retriever;

/// What the children of each compound found, kept for explanations. Thread-safe.
class RetrieverTrace {
 public:
  void note(const Retriever& node, std::vector<RankDocs> children) {
    const std::lock_guard lock(mutex_);
    children_[&node] = std::move(children);
  }
  /// Null if nothing was noted. Valid until the next note of the same node.
  const std::vector<RankDocs>* children_of(const Retriever& node) const {
    const std::lock_guard lock(mutex_);
    const auto found = children_.find(&node);
    return found == children_.end() ? nullptr : &found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<const Retriever*, std::vector<RankDocs>> children_;  // GUARDED_BY(mutex_)
};

}  // namespace selene::search
