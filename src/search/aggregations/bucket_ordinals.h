#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "search/aggregations/distinct_counter.h"

namespace selene::search {

/// Gives each pair of parent bucket and key an ordinal, in the order they come: 0, 1, 2, ...
class BucketOrdinals {
 public:
  struct Entry {
    size_t parent = 0;
    int64_t key = 0;
  };

  size_t find_or_add(size_t parent, int64_t key) {
    const auto [at, is_new] = ordinals_.try_emplace(Entry{parent, key}, entries_.size());
    if (is_new) entries_.push_back({parent, key});
    return at->second;
  }
  int64_t key(size_t ordinal) const { return entries_[ordinal].key; }
  /// Ordinals of a parent bucket, ascending. All of them are grouped at the first call after an addition.
  const std::vector<size_t>& of_parent(size_t parent) {
    static const std::vector<size_t> kNone;
    if (num_grouped_ != entries_.size()) {
      by_parent_.clear();
      for (size_t i = 0; i < entries_.size(); ++i) by_parent_[entries_[i].parent].push_back(i);
      num_grouped_ = entries_.size();
    }
    const auto found = by_parent_.find(parent);
    return found == by_parent_.end() ? kNone : found->second;
  }

 private:
  struct Hash {
    size_t operator()(const Entry& entry) const {
      return static_cast<size_t>(mix_bits(static_cast<uint64_t>(entry.key) + entry.parent * 0x9E3779B97F4A7C15ULL));
    }
  };
  struct Equal {
    bool operator()(const Entry& a, const Entry& b) const { return a.parent == b.parent && a.key == b.key; }
  };
  std::unordered_map<Entry, size_t, Hash, Equal> ordinals_;
  std::vector<Entry> entries_;
  std::unordered_map<size_t, std::vector<size_t>> by_parent_;
  size_t num_grouped_ = 0;
};

/// Numbers distinct texts: 0, 1, 2, ... in the order they come.
class TextNumbers {
 public:
  int64_t find_or_add(std::string_view text) {
    const auto found = numbers_.find(text);
    if (found != numbers_.end()) return found->second;
    const auto number = static_cast<int64_t>(texts_.size());
    texts_.emplace_back(text);
    numbers_.emplace(std::string(text), number);
    return number;
  }
  const std::string& text(int64_t number) const { return texts_[static_cast<size_t>(number)]; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return static_cast<size_t>(hash_text(text)); }
  };
  std::vector<std::string> texts_;
  std::unordered_map<std::string, int64_t, Hash, std::equal_to<>> numbers_;
};

}  // namespace selene::search
