#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace selene::index {

/// Gives distinct terms numbers 0, 1, 2, ... in order of arrival and counts them. Bytes stand in one arena. One thread.
class TermTable {
 public:
  TermTable();
  /// The number of `term`, counted once more.
  uint32_t add(std::string_view term);
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  std::string_view term(uint32_t number) const {
    const Entry& entry = entries_[number];
    return {bytes_.data() + entry.begin, entry.length};
  }
  uint32_t count(uint32_t number) const { return entries_[number].count; }
  /// Numbers in byte order of their terms.
  std::vector<uint32_t> sorted() const;
  size_t bytes() const { return bytes_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(uint32_t); }

 private:
  struct Entry {
    uint64_t begin;
    uint32_t length;
    uint32_t count;
    uint64_t hash;
  };
  void grow();

  std::string bytes_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  ///< number + 1; 0: free
};

}  // namespace selene::index
