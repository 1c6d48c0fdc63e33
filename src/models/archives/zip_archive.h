#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selene::models {

/// The entries of a zip file that lies in memory: stored or deflated, zip64 too. Everything is taken from the central directory:
/// local headers may hold zeros (torch writes sizes behind the data). Immutable, thread-safe; refers to the bytes it was parsed
/// from.  Source: PKWARE APPNOTE 6.3.
///
/// Refused, each with a reason: entries that overlap each other or the directory, that point outside the file, that stand twice,
/// whose names climb or are absolute, that are encrypted or of another method, that claim more than deflate can give.
class ZipArchive {
 public:
  static constexpr size_t kMaxEntries = 50'000;
  static constexpr size_t kMaxNameBytes = 1024;

  struct Entry {
    std::string name;
    uint64_t header_begin = 0;  ///< of the local header
    uint64_t data_begin = 0;    ///< bytes from the file's start
    uint64_t compressed_bytes = 0;
    uint64_t size_bytes = 0;
    uint32_t crc32 = 0;
    bool deflated = false;
  };

  /// Errors: kIllegalArgument.
  static base::Result<ZipArchive> parse(std::span<const std::byte> file);

  /// In the directory's order.
  const std::vector<Entry>& entries() const { return entries_; }
  /// nullptr if there is none.
  const Entry* find(std::string_view name) const;
  /// The bytes of a stored entry where they lie, checked against the entry's CRC. Errors: kIllegalArgument, also for a deflated
  /// one.
  base::Result<std::span<const std::byte>> stored(const Entry& entry) const;
  /// A copy of the entry's bytes, inflated if need be. Errors: kIllegalArgument if there are more than `max_bytes` or than the
  /// directory says, or if they are damaged.
  base::Result<std::string> read(const Entry& entry, size_t max_bytes) const;

 private:
  std::span<const std::byte> file_;
  std::vector<Entry> entries_;
  std::map<std::string, size_t, std::less<>> by_name_;
};

}  // namespace selene::models
