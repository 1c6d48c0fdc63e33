#include "models/tokenizers/byte_trie.h"

#include <algorithm>

namespace selene::models {

/// Places nodes from the root down; the units that are still free form a list in ascending order.
class ByteTrieBuilder {
 public:
  ByteTrieBuilder(std::vector<ByteTrie::Entry> entries, std::vector<ByteTrie::Unit>& units)
      : entries_(std::move(entries)), units_(units) {}

  bool build() {
    units_.assign(1, {});
    next_free_.assign(1, 0);
    base_used_.assign(1, true);
    grow(512);
    take(0);
    stack_.push_back({0, 0, static_cast<uint32_t>(entries_.size()), 0});
    while (!stack_.empty()) {
      const Job job = stack_.back();
      stack_.pop_back();
      if (!place(job)) return false;
    }
    return true;
  }

 private:
  /// The entries [first, last) share their first `depth` bytes, which lead to `node`.
  struct Job {
    uint32_t node;
    uint32_t first;
    uint32_t last;
    uint32_t depth;
  };
  struct Child {
    uint8_t label;
    uint32_t first;
    uint32_t last;
  };
  static constexpr int kMaxProbes = 1024;

  bool place(Job job) {
    if (job.first < job.last && entries_[job.first].key.size() == job.depth) {
      units_[job.node].value = entries_[job.first].value;
      ++job.first;
    }
    if (job.first == job.last) return true;
    collect_children(job);
    const uint32_t base = find_base();
    if (base >= ByteTrie::kMaxUnits) return false;
    base_used_[base] = true;
    units_[job.node].link = base << ByteTrie::kLabelBits | (units_[job.node].link & ByteTrie::kLabelMask);
    for (const Child& child : children_) {
      const uint32_t unit = base + child.label;
      take(unit);
      units_[unit].link = child.label;
      stack_.push_back({unit, child.first, child.last, job.depth + 1});
    }
    return true;
  }

  void collect_children(const Job& job) {
    children_.clear();
    for (uint32_t i = job.first; i < job.last; ++i) {
      const auto label = static_cast<uint8_t>(entries_[i].key[job.depth]);
      if (children_.empty() || children_.back().label != label) children_.push_back({label, i, i});
      children_.back().last = i + 1;
    }
  }

  /// A base > 0, not used yet, at which every child's unit is free.
  uint32_t find_base() {
    const uint32_t first_label = children_.front().label;
    uint32_t unit = next_free_[0];
    for (int probe = 0;; ++probe) {
      if (unit == 0) {
        unit = static_cast<uint32_t>(units_.size());
        grow(units_.size() * 2);
      }
      if (unit > first_label && fits(unit - first_label)) break;
      const uint32_t next = next_free_[unit];
      if (probe >= kMaxProbes) give_up_before(next, unit);
      unit = next;
    }
    const uint32_t base = unit - first_label;
    while (base + 256 >= units_.size()) grow(units_.size() * 2);
    return base;
  }

  /// Units at the front that do not fit for long leave the list, so that the search stays short. They stay free.
  void give_up_before(uint32_t next, uint32_t last_given_up) {
    next_free_[last_given_up] = 0;
    next_free_[0] = next;
    if (next != 0) {
      previous_free_[next] = 0;
    } else {
      last_free_ = 0;
    }
  }

  bool fits(uint32_t base) const {
    if (base < base_used_.size() && base_used_[base]) return false;
    return std::all_of(children_.begin(), children_.end(), [&](const Child& child) {
      const size_t unit = size_t{base} + child.label;
      return unit >= units_.size() || is_free(unit);
    });
  }
  bool is_free(size_t unit) const { return unit != 0 && (units_[unit].link & ByteTrie::kLabelMask) == ByteTrie::kNoLabel; }

  void take(uint32_t unit) {
    if (unit == 0) return;
    const uint32_t before = previous_free_[unit];
    const uint32_t after = next_free_[unit];
    if (next_free_[before] == unit) next_free_[before] = after;
    if (after != 0) previous_free_[after] = before;
    if (last_free_ == unit) last_free_ = before;
  }

  void grow(size_t size) {
    const size_t begin = units_.size();
    units_.resize(size);
    base_used_.resize(size, false);
    next_free_.resize(size, 0);
    previous_free_.resize(size, 0);
    for (size_t unit = begin; unit < size; ++unit) {
      next_free_[last_free_] = static_cast<uint32_t>(unit);
      previous_free_[unit] = last_free_;
      last_free_ = static_cast<uint32_t>(unit);
    }
  }

  std::vector<ByteTrie::Entry> entries_;
  std::vector<ByteTrie::Unit>& units_;
  std::vector<uint32_t> next_free_;  // [0] is the head; 0 ends the list
  std::vector<uint32_t> previous_free_ = {0};
  std::vector<bool> base_used_;
  uint32_t last_free_ = 0;
  std::vector<Job> stack_;
  std::vector<Child> children_;
};

bool ByteTrie::build(std::vector<Entry> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  size_t kept = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i + 1 < entries.size() && entries[i + 1].key == entries[i].key) continue;
    entries[kept++] = entries[i];
  }
  entries.resize(kept);
  num_keys_ = kept;
  if (ByteTrieBuilder(std::move(entries), units_).build()) {
    size_t last = units_.size() - 1;
    while (last > 0 && (units_[last].link & kLabelMask) == kNoLabel) --last;
    units_.resize(last + 257);
    units_.shrink_to_fit();
    return true;
  }
  units_.assign(257, {});
  num_keys_ = 0;
  return false;
}

}  // namespace selene::models
