#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "index/segments/snapshot.h"

namespace selene::search {

using index::DocId;

/// Collects the best documents by score, ties by document, and counts matches up to a limit: where scorers that work on many
/// documents at once put what they find, documents ascending. Scores are never negative. One thread.
class TopScores {
 public:
  /// `count_until`: matches are counted up to this many before documents that cannot compete may be passed over.
  /// REQUIRES: num_hits >= 1.
  TopScores(size_t num_hits, int64_t count_until) : num_hits_(num_hits), count_until_(count_until) {
    keys_.reserve(std::min<size_t>(2 * num_hits, kHeapUpTo * 2));
  }

  /// Whether enough was counted: from now on documents below `bar()` need neither be offered nor counted.
  bool pruning() const { return total_hits_ > count_until_; }
  /// The smallest score that competes; 0 before pruning. Documents come in ascending order, so a tie with the last one loses.
  float bar() const { return pruning() ? bar_ : 0; }
  /// What scores less is not among the best, though it may have to be counted.
  float best_bar() const { return bar_; }
  /// At least `num_hits` documents are known to reach this score.
  void raise_bar(float score) { bar_ = std::max(bar_, score); }
  /// At least so many documents match.
  void note_known_hits(int64_t num_docs) { total_hits_ = std::max(total_hits_, num_docs); }
  void count(int64_t num_docs) { total_hits_ += num_docs; }
  /// `doc`: an id of the snapshot, larger than the last one.
  void offer(DocId doc, float score) {
    if (score < bar_) return;
    keys_.push_back(key_of(doc, score));
    if (num_hits_ <= kHeapUpTo) {
      push_to_heap();
    } else if (keys_.size() == 2 * num_hits_) {
      cut();
    }
  }

  /// The score of the last of `num_hits` documents; empty if there are fewer.
  std::optional<float> last_score() const {
    if (keys_.size() < num_hits_) return std::nullopt;
    std::vector<uint64_t> keys = keys_;
    const auto last = keys.begin() + static_cast<std::ptrdiff_t>(num_hits_) - 1;
    std::nth_element(keys.begin(), last, keys.end(), std::greater<>());
    return std::bit_cast<float>(static_cast<uint32_t>(*last >> 32));
  }

  int64_t total_hits() const { return total_hits_; }
  size_t num_hits() const { return num_hits_; }
  /// visit(doc, score), best first; leaves it empty.
  template <class Visit>
  void take_sorted(Visit&& visit) {
    std::sort(keys_.begin(), keys_.end(), std::greater<>());
    if (keys_.size() > num_hits_) keys_.resize(num_hits_);
    for (const uint64_t key : keys_)
      visit(static_cast<DocId>(~static_cast<uint32_t>(key)), std::bit_cast<float>(static_cast<uint32_t>(key >> 32)));
    keys_.clear();
  }

 private:
  /// More hits than this are gathered and cut down now and then, which costs less than a heap.
  static constexpr size_t kHeapUpTo = 128;

  /// Orders like (score, -doc): bits of a float that is not negative sort as the float does.
  static uint64_t key_of(DocId doc, float score) {
    return static_cast<uint64_t>(std::bit_cast<uint32_t>(score + 0.0F)) << 32 | static_cast<uint32_t>(~static_cast<uint32_t>(doc));
  }
  void push_to_heap() {
    std::push_heap(keys_.begin(), keys_.end(), std::greater<>());
    if (keys_.size() > num_hits_) {
      std::pop_heap(keys_.begin(), keys_.end(), std::greater<>());
      keys_.pop_back();
    }
    if (keys_.size() == num_hits_) raise_above(keys_.front());
  }
  void cut() {
    const auto last = keys_.begin() + static_cast<std::ptrdiff_t>(num_hits_) - 1;
    std::nth_element(keys_.begin(), last, keys_.end(), std::greater<>());
    raise_above(*last);
    keys_.resize(num_hits_);
  }
  void raise_above(uint64_t key) {
    const float worst = std::bit_cast<float>(static_cast<uint32_t>(key >> 32));
    bar_ = std::max(bar_, std::nextafter(worst, std::numeric_limits<float>::infinity()));
  }

  size_t num_hits_;
  int64_t count_until_;
  int64_t total_hits_ = 0;
  float bar_ = 0;
  std::vector<uint64_t> keys_;
};

}  // namespace selene::search
