#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "index/formats/packed_ints.h"

namespace selene::index {

/// Strings by number, one after another with packed ends. Immutable, thread-safe; read in place.
class StringTable {
 public:
  StringTable() = default;
  static StringTable read(ByteReader& in) {
    StringTable table;
    table.ends_ = PackedInts::read(in);
    table.bytes_ = in.string();
    return table;
  }
  uint64_t size() const { return ends_.size(); }
  /// REQUIRES: i < size(). Empty if the bytes are damaged.
  std::string_view operator[](uint64_t i) const {
    const uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    const uint64_t end = ends_[i];
    return begin <= end && end <= bytes_.size() ? bytes_.substr(begin, end - begin) : std::string_view();
  }

 private:
  PackedInts ends_;
  std::string_view bytes_;
};

inline void write_string_table(std::span<const std::string_view> strings, ByteWriter& out) {
  std::vector<uint64_t> ends;
  ends.reserve(strings.size());
  uint64_t end = 0;
  for (const std::string_view string : strings) ends.push_back(end += string.size());
  write_packed_ints(ends, out);
  out.varint(end);
  for (const std::string_view string : strings) out.raw(string);
}

}  // namespace selene::index
