#pragma once

#include <algorithm>
#include <vector>

namespace selene::search {

/// The best `capacity` of what is offered. `Before(a, b)`: a ranks before b, a strict total order. One thread.
template <class T, class Before>
class TopDocsHeap {
 public:
  TopDocsHeap(size_t capacity, Before before) : capacity_(capacity), before_(std::move(before)) {}
  bool full() const { return items_.size() == capacity_; }
  /// The one that the next better one displaces. REQUIRES: not empty.
  const T& worst() const { return items_.front(); }
  bool competes(const T& item) const { return capacity_ > 0 && (!full() || before_(item, worst())); }
  /// REQUIRES: competes(item).
  void push(T item) {
    if (full()) {
      std::pop_heap(items_.begin(), items_.end(), before_);
      items_.back() = std::move(item);
    } else {
      items_.push_back(std::move(item));
    }
    std::push_heap(items_.begin(), items_.end(), before_);
  }
  /// Best first; leaves the heap empty.
  std::vector<T> take_sorted() {
    std::sort_heap(items_.begin(), items_.end(), before_);
    return std::move(items_);
  }

 private:
  size_t capacity_;
  Before before_;
  std::vector<T> items_;
};

}  // namespace selene::search
