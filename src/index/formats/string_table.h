#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/formats/monotonic_ints.h"

namespace selene::index {

/// Strings by number, one after another, and where each begins. Immutable, thread-safe; read in place.
class StringTable {
 public:
  StringTable() = default;
  static StringTable read(ByteReader& in) {
    StringTable table;
    table.starts_ = MonotonicInts::read(in);
    table.bytes_ = in.string();
    if (table.starts_.size() == 0) in.fail();
    return table;
  }
  uint64_t size() const { return starts_.size() == 0 ? 0 : starts_.size() - 1; }
  /// REQUIRES: i < size(). Empty if the bytes are damaged.
  std::string_view operator[](uint64_t i) const {
    const uint64_t begin = starts_[i];
    const uint64_t end = starts_[i + 1];
    return begin <= end && end <= bytes_.size() ? bytes_.substr(begin, end - begin) : std::string_view();
  }

 private:
  MonotonicInts starts_;  ///< [size + 1]
  std::string_view bytes_;
};

inline void write_string_table(std::span<const std::string_view> strings, ByteWriter& out) {
  std::vector<uint64_t> starts;
  starts.reserve(strings.size() + 1);
  uint64_t end = 0;
  starts.push_back(end);
  for (const std::string_view string : strings) starts.push_back(end += string.size());
  write_monotonic_ints(starts, out);
  out.varint(end);
  for (const std::string_view string : strings) out.raw(string);
}

}  // namespace selene::index
