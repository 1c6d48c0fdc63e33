#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace selene::models {

/// UTF-8 bytes [first, second) of the input.
using ByteRange = std::pair<uint32_t, uint32_t>;

/// Where token ids go while a text is encoded, and how many are still wanted. One thread.
class TokenSink {
 public:
  TokenSink(std::vector<int32_t>& ids, std::vector<ByteRange>* offsets, size_t max_tokens)
      : ids_(ids), offsets_(offsets), limit_(max_tokens > ids.max_size() - ids.size() ? ids.max_size() : ids.size() + max_tokens) {}

  bool full() const { return ids_.size() >= limit_; }
  bool keeps_offsets() const { return offsets_ != nullptr; }
  size_t size() const { return ids_.size(); }
  void add(int32_t id) { ids_.push_back(id); }
  void add(int32_t id, ByteRange offset) {
    ids_.push_back(id);
    if (offsets_ != nullptr) offsets_->push_back(offset);
  }
  /// As many offsets as ids if they are kept.
  void append(std::span<const int32_t> ids, const ByteRange* offsets) {
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    if (offsets_ != nullptr) offsets_->insert(offsets_->end(), offsets, offsets + ids.size());
  }
  /// Forgets what came after the first `size` ids.
  void cut(size_t size) {
    const size_t num_removed = ids_.size() - size;
    ids_.resize(size);
    if (offsets_ != nullptr) offsets_->resize(offsets_->size() - num_removed);
  }
  /// Forgets what is over the limit (a word's last pieces).
  void trim() {
    if (ids_.size() > limit_) cut(limit_);
  }

 private:
  std::vector<int32_t>& ids_;
  std::vector<ByteRange>* offsets_;
  size_t limit_;
};

}  // namespace selene::models
